import { BackfoldError } from '../core/backfold-error.ts'
import type { Call } from './create-backfold.ts'
import type { CompactingFetch } from './fetch/compacting-fetch.ts'
import type { FetchOptions } from './fetch/fetch-options.ts'

const MAX_WAIT_MS = 10_000

const KINDS: Readonly<Partial<Record<keyof FetchOptions, string>>> = {
  session: 'string function',
  policy: 'object',
  waitMs: 'number',
  rescue: 'boolean',
  recall: 'boolean',
  fetch: 'function',
  onRequest: 'function',
}

/** All that were made here: where one of them is the global one, it may lead to any other. */
const MADE = new WeakSet<typeof fetch>()

/** More requests at once than a host makes, but soon reached by one that goes round in circles. */
const MOST_OPEN = 100

/**
 * A `fetch` that folds what it knows, before the code that does so is there: that is loaded now, and requests
 * that may concern it wait for it as long as they would for a plan. If it can't be loaded they go out as they are.
 */
export function createFetch(
  call: Call,
  notify: (listener: () => void) => void,
  given: FetchOptions = {},
): typeof fetch {
  expectFetchOptions(given)
  const options = { ...given, waitMs: given.waitMs ?? 150 }
  const before = globalThis.fetch
  let isInstalled = false
  let isSending = false
  let own: CompactingFetch | undefined
  let open = 0
  const close = (): void => void (open -= 1)
  /** Where a host made this its global fetch, what sends is the one from before: else it would call itself. */
  const send: typeof fetch = (...args) => {
    isInstalled ||= MADE.has(globalThis.fetch) || open > MOST_OPEN
    if (options.fetch || isInstalled) return (options.fetch ?? before)(...args)
    isSending = true
    try {
      const answer = globalThis.fetch(...args)
      open += 1
      void Promise.resolve(answer).then(close, close)
      return answer
    } finally {
      isSending = false
    }
  }
  const loading = import('./fetch/compacting-fetch.ts').then(
    (loaded) => (own = loaded.createCompactingFetch({ call, notify, send, options })),
    () => send,
  )
  const compacting: typeof fetch = (...args) => {
    if (isSending) {
      // Reached through the global one, which somebody put around this.
      isInstalled = true
      return before(...args)
    }
    if (own) return own(...args)
    const [input, init] = args
    if (!/^post$/i.test(init?.method ?? (input as Partial<Request> | undefined)?.method ?? ''))
      return send(...args)
    // The host may use its object for another request meanwhile.
    const kept = init?.constructor === Object ? { ...init } : init
    const late = new Promise<typeof fetch>((resolve) =>
      setTimeout(() => resolve(send), options.waitMs),
    )
    return Promise.race([loading, late]).then((found) => found(input, kept))
  }
  MADE.add(compacting)
  // Before anybody else can put something around it.
  queueMicrotask(() => (isInstalled ||= MADE.has(globalThis.fetch)))
  return compacting
}

/** A wrong option must not become a request that passes for ever. */
function expectFetchOptions(options: FetchOptions): void {
  for (const [name, value] of Object.entries<unknown>({ ...options })) {
    const isRight =
      value === undefined ||
      (value !== null && KINDS[name as keyof FetchOptions]?.includes(typeof value))
    if (isRight && (typeof value !== 'number' || (value >= 0 && value <= MAX_WAIT_MS))) continue
    throw new BackfoldError('INVALID_INPUT', `fetch() option ${name}: unknown, or out of bounds`)
  }
}
