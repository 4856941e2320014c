import type { Seq } from './message.ts'

/** A message of the active path, as far as matching goes. System messages are not among them. */
export interface KnownMessage {
  readonly seq: Seq
  readonly key: string
}

/** How a host's history relates to the log. */
export type Reconciled =
  | {
      /**
       * `continues`: its beginning is the log, or the end of it, and something new may follow.
       * `shorter`: it is in the log, and ends before the log does: an answer is asked for again.
       * `diverges`: its beginning is in the log, and then something else follows.
       */
      readonly kind: 'continues' | 'shorter' | 'diverges'
      /** Positions of its first messages; all that come behind them are new. */
      readonly seqs: readonly Seq[]
      /** Newest position that it agrees with; 0 if it agrees with none. */
      readonly upTo: Seq
      /** Positions below {@link upTo} that the host has left out at its head. */
      readonly dropped: readonly Seq[]
    }
  | {
      /** Nothing of it is known. */
      readonly kind: 'foreign'
    }

/** Places at which a run may begin that are tried; a history of one word repeated has no end of them. */
const MAX_STARTS = 64

/**
 * Finds a host's whole history in the log.
 *
 * Hosts send all they have with every request. Usually that is the log and something new. Some drop their head as
 * the conversation grows; then a run of it begins further on in the log, with at most its first exchange kept
 * before it, and reaches to the log's end. Anything else that is not in the log is a divergence: a message was
 * edited, removed or answered anew. Total; linear but for histories that repeat themselves.
 *
 * @param known - Active messages, ascending, without system messages.
 * @param keys - Keys of the host's messages, in its order, without system messages.
 * @see SPEC.md rules HIST2–HIST6
 */
export function reconcile(known: readonly KnownMessage[], keys: readonly string[]): Reconciled {
  const shared = commonLength(known, 0, keys, 0)
  if (shared === keys.length || shared === known.length) {
    const isWhole = shared === known.length
    if (shared === 0 && known.length > 0) return { kind: 'foreign' }
    return found(isWhole ? 'continues' : 'shorter', known.slice(0, shared), [])
  }
  const run = shared <= MAX_KEPT_HEAD ? laterRun(known, keys, shared) : undefined
  if (run) {
    const matched = [...known.slice(0, shared), ...known.slice(run.start, run.end)]
    const dropped = known.slice(shared, run.start)
    if (run.end === known.length) return found('continues', matched, dropped)
    const isInLog = matched.length === keys.length
    return found(isInLog ? 'shorter' : 'diverges', matched, dropped)
  }
  return shared === 0 ? { kind: 'foreign' } : found('diverges', known.slice(0, shared), [])
}

/** Messages that hosts keep in front of a window: the first question, or the first exchange. */
const MAX_KEPT_HEAD = 2

function found(
  kind: 'continues' | 'shorter' | 'diverges',
  matched: readonly KnownMessage[],
  dropped: readonly KnownMessage[],
): Reconciled {
  return {
    kind,
    seqs: matched.map(({ seq }) => seq),
    upTo: matched.at(-1)?.seq ?? 0,
    dropped: dropped.map(({ seq }) => seq),
  }
}

/** The run of the log that the host's history goes on with at `from`, further on than there; the longest. */
function laterRun(
  known: readonly KnownMessage[],
  keys: readonly string[],
  from: number,
): { readonly start: number; readonly end: number } | undefined {
  let best: { start: number; end: number } | undefined
  let tried = 0
  // Newest first: of equal runs the newest is meant.
  for (let start = known.length - 1; start > from && tried < MAX_STARTS; start -= 1) {
    if (known[start]?.key !== keys[from]) continue
    tried += 1
    const end = start + commonLength(known, start, keys, from)
    const isProof = end === known.length || end - start > 1
    if (isProof && (!best || end - start > best.end - best.start)) best = { start, end }
  }
  return best
}

function commonLength(
  known: readonly KnownMessage[],
  at: number,
  keys: readonly string[],
  from: number,
): number {
  let length = 0
  while (
    at + length < known.length &&
    from + length < keys.length &&
    known[at + length]?.key === keys[from + length]
  ) {
    length += 1
  }
  return length
}
