import { loadExactTokeniser } from '../../src/models/exact-tokeniser.ts'
import { readSiteResponse } from '../sites/read-site-response.ts'
import { SITES } from '../sites/sites.ts'
import type { Captured, SiteTurn } from '../sites/site.ts'
import { siteSettingsOf } from '../settings/read-settings.ts'
import { createArchiveWriter, readChat, sessionOfChat } from './archive/archive-writer.ts'
import { isReadable, sizeOfCapture } from './archive/readable-capture.ts'
import { createAllowance } from './allowance.ts'
import type { ChatsWorld } from './chats.ts'
import { createExactCounts } from './exact-counts.ts'
import type { Frame } from './frame.ts'
import { gaugeOf } from './gauge-of.ts'
import { readObserved } from './read-notices.ts'
import type { SessionWatch } from './session-watch.ts'
import type { GaugeState } from '../wire/bridge-wire.ts'
import { budgetOf, windowOf, type WindowFound } from './window-of.ts'

/** The chats whose history is on their server. */
export interface HostedChats {
  observed(frame: Frame, response: unknown): Promise<null>
  captured(frame: Frame, captured: Captured): Promise<null>
  /** The session of the chat that a frame shows; null where it shows none that may be kept. */
  sessionOf(frame: Frame): string | null
  /** Gets to know the chat that a frame shows, if it is in the archive. */
  look(frame: Frame): void
  gauge(frame: Frame): GaugeState | null
  settle(frame: Frame): Promise<void>
  forget(session: string): void
}

export interface HostedDeps {
  readonly world: ChatsWorld
  readonly watch: SessionWatch
  readonly mayServe: (frame: Frame) => boolean
  /** A conversation is new in the archive. */
  readonly onBegun: (tab: number, session: string, turns: readonly SiteTurn[]) => Promise<void>
  readonly onSession: (session: string) => void
}

/** Folds wait for nobody: no page holds a prefix that they would change. */
const APPLY = { applyAt: 'idle', idleAfterMs: 2_000 } as const
/** Chats of one origin that are new in the archive at once, and in an hour from then on. */
const NEW_CHATS = { burst: 120, anHour: 600 }
/** Captures that wait for the archive to be unlocked, and the characters that they come to. */
const MOST_WAITING = 200
const MOST_WAITING_SIZE = 100_000_000

/** @see SPEC.md rules CHATS12–CHATS15 */
export function createHostedChats(deps: HostedDeps): HostedChats {
  const { world, watch, mayServe, onBegun, onSession } = deps
  const { call } = world
  const waiting = { captures: 0, size: 0 }
  const fresh = new Map<string, ReturnType<typeof createAllowance>>()
  const rest = (): Promise<void> => new Promise((resolve) => void world.after(0, resolve))
  const counts = createExactCounts(() => loadExactTokeniser('o200k_base'), rest)

  const findWindow = (origin: string, site: Captured['site'], model: string | null): WindowFound =>
    windowOf({
      model,
      set: siteSettingsOf(world.settings(), origin).windows,
      known: SITES[site].windows,
    })
  const policyOf = (
    origin: string,
    site: Captured['site'],
    model: string | null,
  ): { budget: { tokens: number }; summarisers: 'all' | readonly string[] } & typeof APPLY => ({
    budget: {
      tokens: budgetOf(findWindow(origin, site, model).window - SITES[site].overheadTokens),
    },
    summarisers: siteSettingsOf(world.settings(), origin).summarisers,
    ...APPLY,
  })
  const mayBegin = (origin: string): boolean => {
    const { burst, anHour } = NEW_CHATS
    const own = fresh.get(origin) ?? createAllowance(world.now, burst, anHour / 3_600)
    fresh.set(origin, own)
    return own.take()
  }

  const writer = createArchiveWriter({
    call,
    counts,
    policy: ({ site, model }, { origin }) => policyOf(origin, site, model ?? null),
    mayBegin,
    rest,
    onCounted: onSession,
  })

  /** The site of a frame whose chat may be kept. */
  const siteOf = (frame: Frame): Captured['site'] | null => {
    const { place, origin } = frame
    if (!place?.site || place.isTemporary || !mayServe(frame)) return null
    return siteSettingsOf(world.settings(), origin).archives ? place.site : null
  }
  const sessionOf = (frame: Frame): string | null => {
    const site = siteOf(frame)
    const conversation = frame.place?.conversation ?? null
    if (!site || conversation === null) return null
    return sessionOfChat({ site, conversation }, frame.origin)
  }

  const settle = async (frame: Frame): Promise<void> => {
    const site = siteOf(frame)
    const session = sessionOf(frame)
    const state = session === null ? null : watch.state(session)
    if (!site || !state) return
    const model = readChat(state.details.host['chat'])?.model ?? null
    await watch.settle(state.session, policyOf(frame.origin, site, model))
  }

  const take = async (frame: Frame, captured: Captured): Promise<void> => {
    const { place, origin, peer } = frame
    if (siteOf(frame) !== captured.site || !place) return
    if (!isReadable(captured)) return
    const size = sizeOfCapture(captured)
    const isTooMuch = waiting.captures >= MOST_WAITING || waiting.size + size > MOST_WAITING_SIZE
    if (isTooMuch) throw new Error('too much waits for the archive')
    waiting.captures += 1
    waiting.size += size
    try {
      await world.backfold()
      // Where it waited for long, what is set may be another thing.
      if (siteOf(frame) !== captured.site) return
      const session = sessionOfChat(captured, origin)
      // An answer may end when its page shows another chat already.
      const url = place.conversation === captured.conversation ? place.url : null
      const taken = await writer.take(captured, { origin, url })
      if (taken.kind === 'nothing') return
      if (taken.isNew) await onBegun(peer.tab, session, captured.turns)
      await watch.look(session)
      await settle(frame)
      onSession(session)
    } finally {
      waiting.captures -= 1
      waiting.size -= size
    }
  }

  return {
    sessionOf,
    settle,
    forget: writer.forget,
    async observed(frame, told) {
      if (!siteOf(frame) || !frame.captures.take()) return null
      const response = readObserved(told)
      if (!response) return null
      for (const captured of readSiteResponse(response)) await take(frame, captured)
      return null
    },
    async captured(frame, captured) {
      if (!siteOf(frame) || !frame.captures.take()) return null
      if (typeof captured === 'object' && captured !== null) await take(frame, captured)
      return null
    },
    look(frame) {
      const session = sessionOf(frame)
      if (session === null || !world.isOpen() || watch.state(session)) return
      void watch
        .look(session)
        .then((state) => (state ? writer.look(session).then(() => settle(frame)) : undefined))
        .catch(() => {})
    },
    gauge(frame) {
      const site = siteOf(frame)
      const session = sessionOf(frame)
      const state = session === null ? null : watch.state(session)
      if (!site || session === null || !state || state.newest === 0) return null
      const model = readChat(state.details.host['chat'])?.model ?? null
      const overhead = SITES[site].overheadTokens
      const tokens = (writer.tokens(session) ?? state.tokens.log) + overhead
      return gaugeOf({
        ...{ tokens, overhead, model, state },
        window: findWindow(frame.origin, site, model),
        thresholds: world.settings().thresholds,
      })
    },
  }
}
