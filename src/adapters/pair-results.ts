/** What one message contributes to a conversation: something said, perhaps with calls, or a result. */
export type Piece<T> =
  | { readonly kind: 'speech'; readonly value: T; readonly calls: readonly string[] }
  | { readonly kind: 'result'; readonly value: T; readonly callId: string }

/** Something said, with the results of the calls made in it directly behind it. */
export interface Exchange<T> {
  /** Null where a result came without a call: `calls` then holds the id that the result names. */
  readonly speech: T | null
  readonly calls: readonly string[]
  /** In the order in which they came; `call` is an index into `calls`. */
  readonly results: readonly { readonly call: number; readonly value: T }[]
  /** Indexes of calls without a result. */
  readonly missing: readonly number[]
}

interface Building<T> extends Exchange<T> {
  readonly results: { readonly call: number; readonly value: T }[]
  missing: number[]
}

/**
 * Puts every result behind the call it answers.
 *
 * A result belongs to the newest unanswered call of its id before it, because some servers number
 * their calls anew in every message. In a history that is in order already, nothing moves. Total;
 * linear in the number of pieces.
 *
 * @see SPEC.md rule ADP14
 */
export function pairResults<T>(pieces: readonly Piece<T>[]): readonly Exchange<T>[] {
  const exchanges: Building<T>[] = []
  const open = new Map<string, { readonly exchange: Building<T>; readonly call: number }[]>()
  for (const piece of pieces) {
    if (piece.kind === 'speech') {
      const exchange = start(piece.value, piece.calls)
      exchanges.push(exchange)
      // Backwards, so that the first of equal ids in one message is answered first.
      for (const call of [...piece.calls.keys()].reverse()) {
        const id = piece.calls[call] as string
        const waiting = open.get(id)
        if (waiting) waiting.push({ exchange, call })
        else open.set(id, [{ exchange, call }])
      }
      continue
    }
    const asked = open.get(piece.callId)?.pop()
    if (asked) {
      asked.exchange.results.push({ call: asked.call, value: piece.value })
      asked.exchange.missing = asked.exchange.missing.filter((call) => call !== asked.call)
    } else {
      const exchange = start<T>(null, [piece.callId])
      exchange.results.push({ call: 0, value: piece.value })
      exchange.missing = []
      exchanges.push(exchange)
    }
  }
  return exchanges
}

function start<T>(speech: T | null, calls: readonly string[]): Building<T> {
  return { speech, calls, results: [], missing: [...calls.keys()] }
}
