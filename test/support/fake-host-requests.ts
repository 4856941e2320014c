import type { Call } from '../../src/client/create-backfold.ts'
import { createFetch } from '../../src/client/lazy-fetch.ts'
import type { FetchOptions, RequestReport } from '../../src/client/fetch/fetch-options.ts'
import type { WireFormat } from '../../src/core/session/message.ts'
import type { AnswerOutcome, RecallStep, RequestPlan } from '../../src/protocol/host-requests.ts'
import type { Params } from '../../src/protocol/requests.ts'

/** What the worker answers; a function may take its time or throw. */
export interface Answers {
  plan?: (params: Params<'planRequest'>) => RequestPlan | Promise<RequestPlan>
  rescue?: (params: Params<'rescueRequest'>) => RequestPlan | Promise<RequestPlan>
  record?: (params: Params<'recordAnswer'>) => AnswerOutcome
  next?: (params: Params<'continueRequest'>) => RecallStep | Promise<RecallStep>
}

/** A compacting fetch over a worker that answers as a test says, with all that it was asked. */
export interface FakeFetch {
  readonly fetch: typeof fetch
  readonly planned: readonly Params<'planRequest'>[]
  readonly rescued: readonly Params<'rescueRequest'>[]
  readonly recorded: readonly Params<'recordAnswer'>[]
  readonly continued: readonly Params<'continueRequest'>[]
  readonly reports: readonly RequestReport[]
  /** What a host's callbacks threw. */
  readonly thrown: readonly unknown[]
}

export function passes(plan?: string): RequestPlan {
  return { kind: 'pass', reason: 'nothing-folded', ...(plan !== undefined && { plan }) }
}

export function sends(
  body: string,
  format: WireFormat = 'openai',
  plan: string = 'p',
): RequestPlan {
  const numbers = { generation: 1, folded: 9, restored: 0, tokens: { before: 90, after: 9 } }
  return { kind: 'send', plan, session: 's', format, body, ...numbers }
}

export function fakeFetch(answers: Answers = {}, options: FetchOptions = {}): FakeFetch {
  const planned: Params<'planRequest'>[] = []
  const rescued: Params<'rescueRequest'>[] = []
  const recorded: Params<'recordAnswer'>[] = []
  const continued: Params<'continueRequest'>[] = []
  const reports: RequestReport[] = []
  const thrown: unknown[] = []
  const own: Readonly<Record<string, (params: never) => unknown>> = {
    planRequest(params: Params<'planRequest'>) {
      planned.push(params)
      return answers.plan?.(params) ?? passes()
    },
    rescueRequest(params: Params<'rescueRequest'>) {
      rescued.push(params)
      return answers.rescue?.(params) ?? passes()
    },
    recordAnswer(params: Params<'recordAnswer'>) {
      recorded.push(params)
      return answers.record?.(params) ?? { kind: 'ignored', reason: 'a fake' }
    },
    continueRequest(params: Params<'continueRequest'>) {
      continued.push(params)
      return answers.next?.(params) ?? { kind: 'done' }
    },
  }
  const call = async (method: string, params: unknown): Promise<unknown> =>
    own[method]?.(params as never)
  const notify = (listener: () => void): void => {
    try {
      listener()
    } catch (failure) {
      thrown.push(failure)
    }
  }
  const made = createFetch(call as Call, notify, {
    // Slow machines make plans late where that is not what is tested.
    waitMs: 5_000,
    onRequest: (report) => void reports.push(report),
    ...options,
  })
  return { fetch: made, planned, rescued, recorded, continued, reports, thrown }
}
