/** All that were made here: where one of them is the global one, it may lead to any other. */
const MADE = new WeakSet<typeof fetch>()

/** More requests at once than a host makes, but soon reached by one that goes round in circles. */
const MOST_OPEN = 100

export interface Guarded {
  /** What sends, if the host named nothing. */
  readonly before: typeof fetch
  /** The global one a moment after this was made, when nobody else could have put something around it yet. */
  readonly first: typeof fetch
  /** What the host got. */
  readonly made: typeof fetch
  /** What the host wants to send with. */
  readonly named: typeof fetch | undefined
}

/**
 * Sends with the global `fetch` of the moment. Where a host made its own the global one, also with something of others
 * around it, what sends is the one from before: else it would call itself.
 */
export function guardSend({ before, first, made, named }: Guarded): {
  readonly send: typeof fetch
  /** A fetch that sends at once where it was reached by sending. */
  readonly guard: (own: typeof fetch) => typeof fetch
} {
  MADE.add(made)
  let isInstalled = false
  let isSending = false
  let open = 0
  const close = (): void => void (open -= 1)
  return {
    send(...args) {
      isInstalled ||= MADE.has(first) || MADE.has(globalThis.fetch) || open > MOST_OPEN
      if (named || isInstalled) return (named ?? before)(...args)
      isSending = true
      try {
        const answer = globalThis.fetch(...args)
        open += 1
        void Promise.resolve(answer).then(close, close)
        return answer
      } finally {
        isSending = false
      }
    },
    guard:
      (own) =>
      (...args) => {
        if (!isSending) return own(...args)
        isInstalled = true
        return before(...args)
      },
  }
}
