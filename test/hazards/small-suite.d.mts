/** A library under the runner's scripted environment. */
interface Peer {
  readonly name: string
}

/** What a scenario says of a peer; each says some of this. */
interface Findings {
  readonly lost?: number
  readonly dropped?: number
  readonly concurrent?: number
  readonly repeated?: number
  readonly broken?: number
  readonly failed?: number
  readonly hung?: number
  /** Storage writes before which the process was killed. */
  readonly points?: number
  /** After the way back from a bad summary. */
  readonly after?: { readonly dropped: number; readonly lost: number }
  readonly laterDropped?: number
}

export const NAMES: readonly string[]
export function createPeers(loadEngine: () => Promise<object>): {
  readonly none: Peer
  readonly naiveAsync: Peer
  readonly backfold: Peer
}
export function runSmall(peer: Peer, scenario: string): Promise<Findings>
