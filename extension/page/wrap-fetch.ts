import { captureAnswer } from '../../src/client/fetch/capture-answer.ts'
import {
  type OpenCall,
  isSealed,
  outlivesPage,
  readText,
  takeOpenCall,
  withBody,
} from '../../src/client/fetch/host-call.ts'
import { waitFor } from '../../src/client/fetch/wait-for.ts'
import type { PagePlan } from '../wire/page-wire.ts'
import { copyAnswer } from './copy-answer.ts'
import { isCandidate } from './is-candidate.ts'
import { type Link, PASS } from './link.ts'
import { observer, readAlong } from './read-along.ts'

/** Longest wait for a plan, in milliseconds. Then the request goes out as it was. */
export const MAX_PLAN_MS = 150

/** Longest wait for a harder fold, in milliseconds. Without one the request has failed anyway. */
const MAX_RESCUE_MS = 10_000

/** Answers that may say that the context is too long, and the most of them that is read, in bytes. */
const REFUSALS: readonly number[] = [400, 413, 422]
const MAX_REFUSAL_BYTES = 64_000

/**
 * Puts itself around the page's `fetch`. It is a proxy, so that it looks like what it stands for; a call in which
 * nothing is of interest gets the native promise itself.
 */
export function wrapFetch(link: Link): void {
  let isSending = false
  const proxy = new Proxy(globalThis.fetch, {
    apply(target, self, args: Parameters<typeof fetch>) {
      // Others may have wrapped it before, and lead back here.
      if (isSending) return Reflect.apply(target, self, args)
      const send = (...own: typeof args): Promise<Response> => {
        isSending = true
        try {
          return Reflect.apply(target, self, own)
        } finally {
          isSending = false
        }
      }
      let tell
      try {
        const own = link.may('rewrites') && fold(link, send, args)
        if (own) return own
        const [input, init] = args
        const { url = input, method } = input as Partial<Request>
        tell = observer(link, url as string, init?.method ?? method ?? 'GET', init?.body)
      } catch {
        // Whatever is wrong with it, native fetch says so.
      }
      const answer = send(...args)
      if (tell) void readAlong(answer, tell)
      return answer
    },
  })
  globalThis.fetch = proxy
}

/** Undefined for a call that is of no interest, as far as can be told at once. */
function fold(
  link: Link,
  send: typeof fetch,
  args: Parameters<typeof fetch>,
): Promise<Response> | undefined {
  const deadline = performance.now() + MAX_PLAN_MS
  const host = takeOpenCall(args)
  // What is to outlive its page has no time to wait: the page may be gone before it is sent.
  if (!host || host.signal?.aborted === true || isSealed(host) || outlivesPage(host)) {
    return undefined
  }
  const text = readText(host, () => performance.now() > deadline)
  if (text === undefined || (typeof text === 'string' && !isCandidate(text))) return undefined
  return sendFolded(link, send, host, plan(link, host, text))
}

/** Never rejects: what can't be read goes out as it was. */
async function plan(
  link: Link,
  { address, headers }: OpenCall,
  reading: string | Promise<string | undefined>,
): Promise<PagePlan> {
  try {
    const text = await reading
    if (text !== undefined && isCandidate(text)) {
      return await link.plan(address.href, headers.keys(), text)
    }
  } catch {
    // Native fetch says so.
  }
  return PASS
}

async function sendFolded(
  link: Link,
  send: typeof fetch,
  host: OpenCall,
  planning: Promise<PagePlan>,
): Promise<Response> {
  const { signal } = host
  const known = await waitFor(planning, MAX_PLAN_MS, signal)
  const folded = replaced(host, known)
  const response = await send(...(folded ?? host.args))
  // Of no interest, now or later.
  if (known && known.plan === undefined) return response
  const tap = (answered: Response, followed: typeof planning, kind: PagePlan['kind']): Response =>
    answered.ok ? copyAnswer(answered, (answer) => link.answer(followed, kind, answer)) : answered
  const harder = rescue(link, host, response, known?.plan)
  const again = replaced(host, await harder)
  if (again) {
    try {
      const better = await send(...again)
      void response.body?.cancel().catch(() => {})
      return tap(better, harder, 'send')
    } catch {
      signal?.throwIfAborted()
    }
  }
  return tap(response, planning, folded ? 'send' : 'pass')
}

/** The call as it is to be sent, if that is another. */
function replaced(host: OpenCall, plan: PagePlan | undefined): OpenCall['args'] | undefined {
  return plan?.kind === 'send' ? withBody(host, plan.body) : undefined
}

/** Asks for what to send in place of a request that was refused as too long. */
async function rescue(
  link: Link,
  { signal }: OpenCall,
  refused: Response,
  plan: string | undefined,
): Promise<PagePlan> {
  const { status } = refused
  if (plan === undefined || !REFUSALS.includes(status)) return PASS
  const asking = captureAnswer(refused, MAX_REFUSAL_BYTES).then((answer) =>
    answer === undefined ? PASS : link.rescue(plan, status, answer),
  )
  return (await waitFor(asking, MAX_RESCUE_MS, signal)) ?? PASS
}
