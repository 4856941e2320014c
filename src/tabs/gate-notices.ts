import { openChannel, type Channel } from './open-channel.ts'

/** What tabs tell each other about the places of a provider. */
export interface GateNotice {
  /**
   * `wanted`: a turn wants a place; said again until it has one.
   * `waits`: the same of a turn for which a call of its own tab was stopped.
   * `busy`: the answer to it of a tab in which turns hold some.
   * `settled`: the turn has a place, or wants none any more.
   * `freed`: a place was given back.
   */
  readonly kind: 'wanted' | 'waits' | 'busy' | 'settled' | 'freed'
  readonly provider: string
  /** Of the turn's wish, unique over all tabs; empty where it is about none. */
  readonly wish: string
}

/** Best-effort messages between the tabs of the origin. They may be late, doubled, or never come. */
export type GateNotices = Channel<GateNotice>

/** Version of the channel: tabs of releases that speak differently don't hear each other. */
const CHANNEL_VERSION = 1

/** Notices about places over a BroadcastChannel of the origin. */
export function createGateNotices(): GateNotices {
  return openChannel(`backfold:gate:v${CHANNEL_VERSION}`, isGateNotice)
}

const KINDS: readonly unknown[] = ['wanted', 'waits', 'busy', 'settled', 'freed']

function isGateNotice(data: unknown): data is GateNotice {
  if (typeof data !== 'object' || data === null) return false
  if (!('kind' in data) || !KINDS.includes(data.kind)) return false
  if (!('wish' in data) || typeof data.wish !== 'string') return false
  return 'provider' in data && typeof data.provider === 'string'
}
