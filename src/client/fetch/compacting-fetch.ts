import type { RequestPlan } from '../../protocol/host-requests.ts'
import type { Call } from '../create-backfold.ts'
import { captureAnswer } from './capture-answer.ts'
import type { FetchOptions, RequestReport } from './fetch-options.ts'
import { type Guarded, guardSend } from './guard-send.ts'
import { type HostCall, isSealed, mayReplace, readText, takeCall, withBody } from './host-call.ts'
import type { recallOnTheWay } from './recall-loop.ts'
import { tapAnswer } from './tap-answer.ts'
import { waitFor } from './wait-for.ts'

export interface FetchParts {
  readonly call: Call
  /** Calls a listener of the host, which may throw. */
  readonly notify: (listener: () => void) => void
  readonly guarded: Guarded
  readonly options: FetchOptions & { readonly waitMs: number }
}

export interface FetchDeps extends FetchParts {
  /** Sends as the browser does. */
  readonly send: typeof fetch
}

/** Answers that may say that the context is too long, and the most of them that is read, in bytes. */
const REFUSALS: readonly number[] = [400, 413, 422]
const MAX_REFUSAL_BYTES = 64_000

/** Longest wait for a harder fold, in milliseconds. Without one the request has failed anyway. */
const MAX_RESCUE_MS = 10_000

type SendPlan = Extract<RequestPlan, { kind: 'send' }>

/** What was sent in the end, and what came back. */
interface Sent {
  readonly response: Response
  readonly plan: SendPlan
}

/** A `fetch` that sends the folded context where one is known, and otherwise does what it was told. */
export function createCompactingFetch(parts: FetchParts): typeof fetch {
  const { send, guard } = guardSend(parts.guarded)
  const { options } = parts
  const deps = { ...parts, send }
  if (options.recall === true) void loadRecall().catch(() => {})
  return guard((...args) => {
    const deadline = performance.now() + options.waitMs
    try {
      const host = takeCall(args)
      if (!host || host.signal?.aborted === true) return send(...args)
      const isOpen = !isSealed(host)
      if (!isOpen) report(deps, { kind: 'passed', url: host.url, reason: 'sealed' })
      const text = isOpen ? readText(host, () => performance.now() > deadline) : undefined
      if (text !== undefined) return fold(deps, host, text, deadline)
    } catch {
      // Whatever is wrong with it, native fetch says so.
    }
    return send(...args)
  })
}

async function fold(
  deps: FetchDeps,
  host: HostCall,
  reading: string | Promise<string | undefined>,
  deadline: number,
): Promise<Response> {
  const { send } = deps
  const left = (): number => Math.max(0, deadline - performance.now())
  const text = await attempt(host, reading, left())
  if (typeof text.value !== 'string') return send(...host.args)
  const planning = askForPlan(deps, host, text.value)
  let known: RequestPlan | undefined
  void planning.then(
    (plan) => (known = plan),
    () => {},
  )
  const { value: plan, failure } = await attempt(host, planning, left())
  if (plan?.kind === 'send' && mayReplace(host, plan.body)) {
    report(deps, describe(host, plan, 'sent'))
    const response = await send(...withBody(host, plan.body))
    return finish(deps, host, (await rescue(deps, host, response, plan.plan)) ?? { response, plan })
  }
  reportPass(deps, host, plan, failure)
  // Of no interest, now or later.
  if (plan && plan.plan === undefined) return send(...host.args)
  const response = await send(...host.args)
  const saved = await rescue(deps, host, response, known?.plan)
  if (saved) return finish(deps, host, saved)
  if (!response.ok || failure !== undefined) return response
  return tapAnswer(response, (answer) => {
    // A plan that came too late still tells whose the answer is, if the request would have passed.
    const name = planning.then((late) => (late.kind === 'pass' ? late.plan : undefined))
    recordAnswer(deps, name, answer)
  })
}

/** Waits for something; where it fails the request goes out as it was, where the host aborts that is it. */
async function attempt<T>(
  { signal }: HostCall,
  work: T | Promise<T>,
  waitMs: number,
): Promise<{ readonly value?: T; readonly failure?: unknown }> {
  if (!(work instanceof Promise)) return { value: work }
  try {
    const value = await waitFor(work, waitMs, signal)
    return value === undefined ? {} : { value }
  } catch (failure) {
    if (signal?.aborted === true) throw signal.reason
    return { failure }
  }
}

async function askForPlan(
  { call, options }: FetchDeps,
  { url, headers }: HostCall,
  body: string,
): Promise<RequestPlan> {
  const { policy, recall = false } = options
  const session =
    typeof options.session === 'function' ? options.session({ url, body }) : options.session
  return call('planRequest', {
    request: { url, headerNames: [...headers.keys()], body },
    options: { recall, ...(session !== undefined && { session }), ...(policy && { policy }) },
  })
}

/** Sends a request that was refused as too long once more, folded harder. */
async function rescue(
  deps: FetchDeps,
  host: HostCall,
  refused: Response,
  plan: string | undefined,
): Promise<Sent | undefined> {
  const { call, send, options } = deps
  const { status } = refused
  if (options.rescue !== true || plan === undefined || !REFUSALS.includes(status)) return undefined
  const asking = captureAnswer(refused, MAX_REFUSAL_BYTES).then((answer) =>
    answer === undefined ? undefined : call('rescueRequest', { plan, status, answer }),
  )
  const { value: harder } = await attempt(host, asking, MAX_RESCUE_MS)
  if (harder?.kind !== 'send' || !mayReplace(host, harder.body)) return undefined
  let response: Response
  try {
    response = await send(...withBody(host, harder.body))
  } catch (failure) {
    if (host.signal?.aborted === true) throw failure
    return undefined
  }
  void refused.body?.cancel().catch(() => {})
  report(deps, describe(host, harder, 'rescued'))
  return { response, plan: harder }
}

/** Sees to the answer to a folded request. */
async function finish(
  deps: FetchDeps,
  host: HostCall,
  { response, plan }: Sent,
): Promise<Response> {
  if (!response.ok) return response
  const record = (answer: string): void => recordAnswer(deps, Promise.resolve(plan.plan), answer)
  if (deps.options.recall === true) {
    const answerCalls = await loadRecall().catch(() => undefined)
    const answered = await answerCalls?.({ ...deps, host, plan, record }, response)
    if (answered) return answered
  }
  return tapAnswer(response, record)
}

async function loadRecall(): Promise<typeof recallOnTheWay> {
  return (await import('./recall-loop.ts')).recallOnTheWay
}

function recordAnswer(
  { call }: FetchDeps,
  plan: Promise<string | undefined>,
  answer: string,
): void {
  void plan
    .then(async (name) => {
      if (name !== undefined && answer !== '') await call('recordAnswer', { plan: name, answer })
    })
    // The next request tells it as well.
    .catch(() => {})
}

function report({ notify, options }: FetchDeps, told: RequestReport): void {
  const { onRequest } = options
  if (onRequest) notify(() => onRequest(told))
}

function reportPass(
  deps: FetchDeps,
  { url }: HostCall,
  plan: RequestPlan | undefined,
  failure: unknown,
): void {
  const { session, format } = plan ?? {}
  report(deps, {
    kind: 'passed',
    url,
    reason: plan?.kind === 'pass' ? plan.reason : 'failed',
    ...(session !== undefined && { session }),
    ...(format !== undefined && { format }),
    ...(failure !== undefined && { failure }),
  })
}

function describe(
  { url }: HostCall,
  { session, format, generation, folded, restored, tokens }: SendPlan,
  kind: 'sent' | 'rescued',
): RequestReport {
  return { kind, url, session, format, generation, folded, restored, tokens }
}
