import { BackfoldError } from '../core/backfold-error.ts'
import { toolSpecs } from '../core/memory/tool-specs.ts'
import { mayBeAuxiliary } from '../core/session/auxiliary-request.ts'
import { composeRequest, type ComposedRequest } from '../core/session/compose-request.ts'
import type { Draft } from '../core/session/message.ts'
import { matchKey } from '../core/session/match-key.ts'
import { readOverflow, type Overflow } from '../core/session/read-overflow.ts'
import { birthOf } from '../core/session/session-row.ts'
import type { PolicyOptions } from '../core/session/policy.ts'
import {
  RECALL_FORMATS,
  type AnswerOutcome,
  type PlanOptions,
  type RecallStep,
  type RequestPlan,
} from '../protocol/host-requests.ts'
import type { AppendReceipt, MessageInput, Params } from '../protocol/requests.ts'
import type { ReadReply, ReadRequest } from './codec.ts'
import { createConversationFinder, scopePrefix } from './conversation-finder.ts'
import { createKeyMemory } from './key-memory.ts'
import { createKeyedQueue } from './keyed-queue.ts'
import { createNewest } from './newest.ts'
import type { EngineParts, OpenSession } from './open-session.ts'
import {
  inputOf,
  newestWords,
  placeRequest,
  type PlacedRequest,
  type RequestMemory,
} from './place-request.ts'
import { keyed, linkOf, type KeyedDraft, type RequestLine } from './request-line.ts'
import type { RequestHandlers } from './request-handlers.ts'
import type { HandedOut } from './session-cell.ts'
import { branchAfter } from './session-history.ts'
import { createToolRunner } from './tool-runner.ts'

/** Plans whose answers may still come, and the characters that their requests have together. */
const MAX_PLANS = 256
const MAX_PLANNED = 32_000_000
/** Sessions whose requests are remembered. */
const MAX_MEMORIES = 64

/** Answers in words of an app's own, after which the next request is waited for. */
const MAX_REWORDED = 2

/** Share of a model's window that a rescued request may fill: servers count otherwise than we do. */
const RESCUE_SHARE = 0.9
/** Share of what was sent that a rescued request may have, where the server does not tell its window. */
const BLIND_RESCUE_SHARE = 0.6
const LEAST_BUDGET = 1_000

/** A request under way. */
interface Planned extends PlacedRequest {
  readonly id: string
  readonly session: string
  readonly open: OpenSession
  readonly line: RequestLine
  readonly read: ReadRequest
  readonly options: PlanOptions
  /** What was sent instead; undefined while it goes out as it was. */
  composed: ComposedRequest | undefined
  /** The context that what was sent says; undefined where it says less, or more. */
  handedOut: HandedOut | undefined
  /** Recall calls of the model and their results, which the host never sees. */
  readonly recalled: unknown[]
}

/** What the requests of hosts need of the engine's other requests. */
export interface HostRequestTools {
  opened(session: string): Promise<OpenSession>
  append(open: OpenSession, messages: readonly MessageInput[]): Promise<AppendReceipt>
  configure(open: OpenSession, options: PolicyOptions): Promise<unknown>
  reportUsage(open: OpenSession, usage: { inputTokens: number; model?: string }): Promise<unknown>
}

type HostRequestHandlers = Pick<
  RequestHandlers,
  'planRequest' | 'rescueRequest' | 'recordAnswer' | 'continueRequest'
>

/**
 * Stands between a host that sends its whole history and its model.
 *
 * @see SPEC.md rules HIST13–HIST22
 */
export function createHostRequests(
  { ports, owner }: Pick<EngineParts, 'ports' | 'owner'>,
  tools: HostRequestTools,
  closing: AbortSignal,
): HostRequestHandlers {
  const finder = createConversationFinder(ports)
  const queue = createKeyedQueue()
  const memory = createKeyMemory()
  const memories = createNewest<RequestMemory>({ entries: MAX_MEMORIES })
  const plans = createNewest<Planned>({ entries: MAX_PLANS, size: MAX_PLANNED })

  const planIn = async (
    session: string,
    read: ReadRequest,
    messages: readonly KeyedDraft[],
    options: PlanOptions,
    size: number,
  ): Promise<RequestPlan> => {
    const open = await tools.opened(session)
    if (options.policy && open.cell.row().messages === 0) {
      await tools.configure(open, options.policy)
    }
    const line = await finder.line(session)
    const memory = memories.get(nameMemory(open)) ?? { held: [], reworded: 0 }
    memories.add(nameMemory(open), memory)
    const append = (inputs: readonly MessageInput[]): Promise<AppendReceipt> =>
      tools.append(open, inputs)
    const placed = await placeRequest({ open, line, memory, append }, read, messages)
    const about = { session, format: read.format }
    if (typeof placed === 'string') return { kind: 'pass', reason: placed, ...about }
    const id = ports.random.id()
    const planned: Planned = {
      ...placed,
      ...{ id, session, open, line, read, options, recalled: [] },
      ...{ composed: undefined, handedOut: undefined },
    }
    plans.add(id, planned, size)
    return compose(planned, !placed.isHeld && !placed.isShorter)
  }

  const compose = async (planned: Planned, adopt: boolean): Promise<RequestPlan> => {
    const { id: plan, session, read, sent, dropped, upTo, open, options } = planned
    const { context } = await open.idle.during(() => open.reader.prepare({ adopt }))
    const composed = composeRequest(context, sent, dropped, upTo)
    const about = { plan, session, format: read.format }
    if (!composed) return { kind: 'pass', reason: 'taken-back', ...about }
    planned.handedOut = adopt ? open.cell.handedOut() : undefined
    if (composed.isUnchanged) return { kind: 'pass', reason: 'nothing-folded', ...about }
    planned.composed = composed
    return {
      kind: 'send',
      ...about,
      body: writeBody(planned, composed, options),
      generation: context.generation,
      folded: composed.folded,
      restored: composed.restored,
      tokens: {
        before: sent.reduce((sum, { tokens }) => sum + tokens, 0),
        after: composed.context.tokens,
      },
    }
  }

  const writeBody = (
    { read, recalled }: Planned,
    { context }: ComposedRequest,
    { recall = false }: PlanOptions,
  ): string => {
    const { toolFormat, format } = read
    const isOffered = recall && RECALL_FORMATS.some((known) => known === format)
    const added =
      isOffered && toolFormat ? ports.codec.writeTools(toolSpecs(false), toolFormat) : undefined
    return read.write(context, {
      messages: recalled,
      ...(Array.isArray(added) ? { tools: added } : {}),
    })
  }

  const find = (plan: string): Planned => {
    const planned = plans.get(plan)
    if (!planned) throw new BackfoldError('INVALID_INPUT', `no request is planned as ${plan}`)
    return planned
  }

  /** What was counted for less than the context, or for another, says nothing of the context's size. */
  const reportUsage = async (
    { open, handedOut }: Planned,
    inputTokens: number,
    model: string | undefined,
  ): Promise<void> => {
    if (handedOut === undefined || handedOut !== open.cell.handedOut()) return
    await tools.reportUsage(open, { inputTokens, ...(model === undefined ? {} : { model }) })
  }

  const record = async (planned: Planned, reply: ReadReply): Promise<AnswerOutcome> => {
    const { session, open, line, upTo, isHeld, isShorter, recalled } = planned
    const { draft, inputTokens, model } = reply
    // What recall added is not what the context was estimated for.
    if (inputTokens !== undefined && inputTokens > 0 && recalled.length === 0) {
      await reportUsage(planned, inputTokens, model)
    }
    if (isHeld) return ignored('unconfirmed')
    if (!reply.isWhole) return ignored('the message may go on')
    const memory = memories.get(nameMemory(open))
    if ((memory?.reworded ?? 0) >= MAX_REWORDED) return ignored('the app has words of its own')
    await line.refresh()
    const known = line.known()
    const at = known.findLastIndex(({ seq }) => seq === upTo)
    if (at < 0) return ignored('left behind by a branch')
    const next = known[at + 1]
    const key = matchKey(draft)
    if (next?.key === key) return ignored('recorded already')
    if (next && !isShorter) return ignored('the conversation has gone on')
    if (next) {
      await open.cell.exclusive(() => branchAfter(open.cell, open.slot, upTo))
      await line.refresh()
    }
    const id = `sent-${line.branch()}-${linkOf(line.known().at(-1)?.link, key)}`
    const { seqs } = await tools.append(open, [inputOf(draft, id)])
    const seq = seqs[0] ?? 0
    if (memory) memory.answer = seq
    return { kind: 'appended', session, seq }
  }

  const rescue = async (planned: Planned, overflow: Overflow): Promise<RequestPlan> => {
    const { open, read, session, composed, sent, id } = planned
    const before = composed?.context.tokens ?? sent.reduce((sum, { tokens }) => sum + tokens, 0)
    if (overflow.asked !== undefined) {
      await reportUsage(planned, overflow.asked, read.manner.model)
    }
    const { budget } = open.cell.row().policy
    const fitting = fittingBudget(overflow, open.cell.contextTokens(), read.manner.maxAnswerTokens)
    await tools.configure(open, { budget: { tokens: Math.min(budget.tokens, fitting) } })
    const plan = await compose(planned, true)
    return plan.kind === 'send' && plan.tokens.after < before
      ? plan
      : { kind: 'pass', reason: 'not-rescued', plan: id, session, format: read.format }
  }

  return {
    async planRequest({ request, options = {} }) {
      const scope = scopePrefix(expectScope(options))
      const read = await ports.codec.readRequest(request)
      if (typeof read === 'string') return { kind: 'pass', reason: read }
      const messages = keyed(read.drafts, memory.keyOf(scope))
      const keys = messages.flatMap(({ key }) => key ?? [])
      if (keys.length === 0) return { kind: 'pass', reason: 'unknown-format' }
      const plan = (session: string): Promise<RequestPlan> =>
        queue.run(session, () => planIn(session, read, messages, options, request.body.length))
      if (options.session !== undefined) return plan(options.session)
      const named = nameOf(read)
      if (named !== undefined) return plan(`${scope}${named}`)
      // Requests with one beginning may be of one conversation, which is looked for once at a time.
      return queue.run(`${scope}beginning ${keys[0]}`, async () => {
        const session = await finder.find(scope, keys, mayBegin(read))
        return session === undefined
          ? { kind: 'pass', reason: 'unconfirmed', format: read.format }
          : plan(session)
      })
    },
    async recordAnswer({ plan, answer }: Params<'recordAnswer'>) {
      const planned = find(plan)
      const { format, drafts } = planned.read
      const reply = await ports.codec.readReply(answer, format, drafts.at(-1))
      if (!reply) return ignored('no finished message')
      return queue.run(planned.session, () => record(planned, reply))
    },
    async rescueRequest({ plan, status, answer }) {
      const planned = find(plan)
      const { session, read, isHeld } = planned
      const overflow = readOverflow(status, answer)
      if (!overflow || isHeld) {
        return { kind: 'pass', reason: 'not-rescued', plan, session, format: read.format }
      }
      return queue.run(session, () => rescue(planned, overflow))
    },
    async continueRequest({ plan, answer }): Promise<RecallStep> {
      const planned = find(plan)
      const { read, open, composed, options, recalled } = planned
      const reply = composed && (await ports.codec.readReply(answer, read.format))
      if (!composed || !reply) return { kind: 'done' }
      const runner = createToolRunner(open, owner, closing)
      const { messages, answered, others } = await runner.answer(reply.draft.wire?.value, {})
      if (answered.length === 0 || others.length > 0) return { kind: 'done' }
      recalled.push(...reply.sent, ...messages)
      return { kind: 'send', body: writeBody(planned, composed, options) }
    },
  }
}

/** What was held for a session that is deleted is not for the next one of its id. */
function nameMemory({ cell }: OpenSession): string {
  return `${cell.id} ${birthOf(cell.row())}`
}

/** Whether a session may be made for a request: somebody is answered in it, and it looks like a turn. */
function mayBegin({ drafts, manner }: ReadRequest): boolean {
  return isAnswered(drafts) && !mayBeAuxiliary(newestWords(drafts), manner, undefined)
}

/** Whether somebody is answered; what an app greets with answers nobody. */
function isAnswered(drafts: readonly Draft[]): boolean {
  const asked = drafts.findIndex(({ role }) => role === 'user')
  return asked >= 0 && drafts.slice(asked).some(({ role }) => role === 'assistant')
}

function ignored(reason: string): AnswerOutcome {
  return { kind: 'ignored', reason }
}

/** @throws BackfoldError `INVALID_INPUT` */
function expectScope({ scope, session }: PlanOptions): string | undefined {
  if (scope === undefined) return undefined
  if (typeof scope !== 'string' || scope === '' || scope.length > MAX_SCOPE) {
    throw new BackfoldError(
      'INVALID_INPUT',
      `scope must be a string of 1 to ${MAX_SCOPE} characters`,
    )
  }
  if (session === undefined) return scope
  throw new BackfoldError('INVALID_INPUT', 'a request has a session or a scope, not both')
}

/** Longest scope, in characters. */
const MAX_SCOPE = 200

/** Longest name of a conversation that becomes a session's. */
const MAX_NAME = 160

/** Names that an app gives to every conversation, and which therefore name none. */
const COMMON_NAMES =
  /^(?:default|new|main|current|local|undefined|null|none)?(?:[-_ ]?(?:chat|thread|conversation|session))?(?:[-_ ]?id)?$/i

/** The session of a conversation that the app itself names. */
function nameOf({ conversation, format }: ReadRequest): string | undefined {
  const name = conversation?.trim() ?? ''
  return name.length > MAX_NAME || COMMON_NAMES.test(name) ? undefined : `${format}-${name}`
}

/** Tokens of a context that its model takes, with room for the answer. */
function fittingBudget(
  { window }: Overflow,
  contextTokens: number,
  maxAnswerTokens: number | undefined,
): number {
  const answer = maxAnswerTokens ?? 0
  // Some apps ask for answers as long as the window: that much is never left to them.
  const room = window === undefined ? contextTokens : Math.max(window - answer, window / 2)
  const share = window === undefined ? BLIND_RESCUE_SHARE : RESCUE_SHARE
  return Math.max(LEAST_BUDGET, Math.floor(room * share))
}
