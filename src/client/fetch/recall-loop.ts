import type { RecallFormat, RequestPlan } from '../../protocol/host-requests.ts'
import { RECALL_FORMATS } from '../../protocol/host-requests.ts'
import { captureAnswer, isStreamed } from './capture-answer.ts'
import type { FetchDeps } from './compacting-fetch.ts'
import { type HostCall, withBody } from './host-call.ts'
import { namesRecallTool } from './recall-tool-names.ts'
import { spliceAnswer } from './splice-answer.ts'
import { waitFor } from './wait-for.ts'

/** Most times that a model may go on recalling in one request of the host. */
const MAX_ROUNDS = 8

/** Longest wait for what was recalled, in milliseconds; then the answer is the host's. */
const MAX_RECALL_MS = 10_000

export interface Recall extends FetchDeps {
  readonly host: HostCall
  readonly plan: Extract<RequestPlan, { kind: 'send' }>
  readonly record: (answer: string) => void
}

/** Answers the recall tool calls of a model, one round after the other. */
export interface RecallRounds {
  /**
   * Sends what follows from an answer.
   *
   * @returns The next answer; undefined where there is none and the one before is the host's.
   * @throws The reason of an abort.
   */
  next(answer: string): Promise<Response | undefined>
  /** The host wants no more. */
  cancel(): void
}

/** What the host sees in place of the first of several answers; undefined where the format knows no such thing. */
export async function recallOnTheWay(
  recall: Recall,
  first: Response,
): Promise<Response | undefined> {
  const format = RECALL_FORMATS.find((known) => known === recall.plan.format)
  if (!format || !first.body) return undefined
  const rounds = startRounds(recall, format)
  if (!isStreamed(first)) return lastAnswer(recall, rounds, first)
  return spliceAnswer({ format, rounds, first, record: recall.record })
}

function startRounds(
  { call, send, host, plan, options, notify }: Recall,
  format: RecallFormat,
): RecallRounds {
  const cancelled = new AbortController()
  const { signal: theirs } = host
  // Aborts may come at any time until the last answer is read.
  const signal =
    theirs && 'any' in AbortSignal
      ? AbortSignal.any([theirs, cancelled.signal])
      : (theirs ?? cancelled.signal)
  let round = 0
  return {
    cancel: () => cancelled.abort(),
    async next(answer) {
      if (round === MAX_ROUNDS) return undefined
      round += 1
      try {
        const asking = call('continueRequest', { plan: plan.plan, answer })
        const step = await waitFor(asking, MAX_RECALL_MS, signal)
        if (step?.kind !== 'send') return undefined
        const [input, init] = withBody(host, step.body)
        const response = await send(input, { ...init, signal })
        if (!response.ok || !response.body) {
          void response.body?.cancel().catch(() => {})
          return undefined
        }
        const { onRequest } = options
        const told = {
          kind: 'recalled',
          url: host.url,
          session: plan.session,
          format,
          round,
        } as const
        if (onRequest) notify(() => onRequest(told))
        return response
      } catch {
        if (signal.aborted) throw signal.reason
        return undefined
      }
    },
  }
}

/** Reads answers that come whole, until one makes no call that is answered here. */
async function lastAnswer(
  { record }: Recall,
  rounds: RecallRounds,
  first: Response,
): Promise<Response> {
  let response = first
  for (;;) {
    const answer = await captureAnswer(response)
    const next =
      answer !== undefined && namesRecallTool(answer) ? await rounds.next(answer) : undefined
    if (!next) {
      if (answer !== undefined) record(answer)
      return response
    }
    void response.body?.cancel().catch(() => {})
    response = next
  }
}
