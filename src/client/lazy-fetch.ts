import { BackfoldError } from '../core/backfold-error.ts'
import type { Call } from './create-backfold.ts'
import type { FetchOptions } from './fetch/fetch-options.ts'

/** Names of the options, each with what it may be. */
const KINDS =
  'session:string session:function policy:object waitMs:number rescue:boolean recall:boolean fetch:function onRequest:function'.split(
    ' ',
  )

/**
 * A `fetch` that folds what it knows, before the code that does so is there: that is loaded now, and requests
 * that may concern it wait for it as long as they would for a plan. If it can't be loaded they go out as they are.
 */
export function createFetch(
  call: Call,
  notify: (listener: () => void) => void,
  given: FetchOptions = {},
): typeof fetch {
  // A wrong option must not become a request that passes for ever.
  for (const [name, value] of Object.entries<unknown>({ ...given })) {
    if (value === undefined) continue
    if (value === null || !KINDS.includes(`${name}:${typeof value}`) || isOut(value))
      throw new BackfoldError('INVALID_INPUT', `fetch() option ${name}: unknown, or out of bounds`)
  }
  const before = globalThis.fetch
  const { waitMs = 150, fetch: named } = given
  const options = { ...given, waitMs }
  const send = named ?? before
  // What this is made the global one of is known in a moment, before anybody else can put something around it.
  const installed = Promise.resolve().then(() => globalThis.fetch)
  let own: typeof fetch | undefined
  const compacting: typeof fetch = (...args) => {
    if (own) return own(...args)
    const [input, init] = args
    if (!/^post$/i.test(init?.method ?? (input as Partial<Request> | undefined)?.method ?? ''))
      return send(...args)
    // The host may use its object for another request meanwhile.
    const kept = init?.constructor === Object ? { ...init } : init
    const late = new Promise<typeof fetch>((resolve) => setTimeout(resolve, waitMs, send))
    return Promise.race([loading, late]).then((found) => found(input, kept))
  }
  const loading = Promise.all([import('./fetch/compacting-fetch.ts'), installed]).then(
    ([loaded, first]) => {
      const guarded = { before, first, made: compacting, named }
      return (own = loaded.createCompactingFetch({ call, notify, guarded, options }))
    },
    () => send,
  )
  return compacting
}

function isOut(value: unknown): boolean {
  return typeof value === 'number' && !(value >= 0 && value <= 10_000)
}
