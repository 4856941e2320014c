import { BackfoldError } from '../core/backfold-error.ts'
import { stampDraft } from '../core/session/append.ts'
import { contextKeyOf } from '../core/session/calibrated-tokens.ts'
import { learn } from '../core/session/calibration.ts'
import { NO_SPEND } from '../core/compaction/spend.ts'
import type { Seq } from '../core/session/message.ts'
import { resolvePolicy, type PolicyOptions } from '../core/session/policy.ts'
import { sumCategories } from '../core/session/categories.ts'
import { reviseSession, type SessionRow } from '../core/session/session-row.ts'
import type { SessionEvent, SessionState } from '../protocol/events.ts'
import type {
  AppendReceipt,
  MessageInput,
  Method,
  Params,
  RecallResult,
  Requests,
  Result,
} from '../protocol/requests.ts'
import { describeJob, groupBySession, type JobEntry } from '../protocol/job-registry.ts'
import type { Emit, EnginePorts } from './engine-ports.ts'
import { createExtractorSet } from './extractor-set.ts'
import { refresh } from './job-slot.ts'
import { expectId, openSession, type EngineParts, type OpenSession } from './open-session.ts'
import type { SessionCell } from './session-cell.ts'
import {
  branchAfter,
  diffGenerations,
  listGenerations,
  readGeneration,
  recall,
  rollBackTo,
  setPin,
} from './session-history.ts'

/** Hits of a recall by words, unless the caller says otherwise. */
const DEFAULT_RECALL_LIMIT = 8
const MAX_RECALL_LIMIT = 100
/** Jobs that the registry shows. */
const MAX_LISTED_JOBS = 100

/** The use cases, behind one entrance that plain data can pass through. */
export interface Engine {
  /** Carries out one request. Rejects with a `BackfoldError` only. */
  handle<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>
  close(): Promise<void>
}

type Handlers = {
  readonly [M in Method]: (params: Requests[M]['params']) => Promise<Requests[M]['result']>
}

/**
 * Runs core's decisions over the ports: one engine a tab. It holds no state that is not in the store,
 * so it may be killed at any moment.
 */
export function createEngine(ports: EnginePorts, emit: Emit): Engine {
  const open = new Map<string, Promise<OpenSession>>()
  const closing = new AbortController()
  const engine: EngineParts = {
    ports,
    owner: ports.random.id(),
    extractors: createExtractorSet(ports),
    emit(signal) {
      emit(signal)
      if (signal.kind === 'event' && isAboutJobs(signal.event)) emit({ kind: 'jobs' })
    },
  }

  const opened = (session: string): Promise<OpenSession> => {
    const found = open.get(session)
    if (found) return found
    const opening = openSession(engine, session)
    open.set(session, opening)
    // A session that could not be opened may be opened again.
    opening.catch(() => open.delete(session))
    return opening
  }

  const stopListening = ports.notices.listen(({ session, kind }) => {
    if (kind !== 'appended') emit({ kind: 'jobs' })
    const noticed = open.get(session)?.then(async ({ cell, slot }) => {
      await refresh(cell)
      slot.lookAtPressure()
    })
    // Whoever asked for the session learns why it could not be opened.
    noticed?.catch(() => {})
  })

  const others = async (session: string): Promise<readonly OpenSession[]> => {
    const rest = [...open].filter(([id]) => id !== session).map(([, opening]) => opening)
    const settled = await Promise.allSettled(rest)
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  }

  const handlers = createHandlers(engine, opened, others, closing.signal)

  return {
    async handle<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
      if (closing.signal.aborted) throw new BackfoldError('CLOSED', 'Backfold was closed')
      if (!Object.hasOwn(handlers, method)) {
        throw new BackfoldError('INVALID_INPUT', `there is no request named ${String(method)}`)
      }
      return handlers[method](params)
    },
    async close() {
      if (closing.signal.aborted) return
      closing.abort()
      stopListening()
      for (const opening of open.values()) {
        await opening.then(({ close }) => close()).catch(() => {})
      }
      ports.notices.close()
      await ports.store.close()
    },
  }
}

function createHandlers(
  { ports, owner }: EngineParts,
  opened: (session: string) => Promise<OpenSession>,
  others: (session: string) => Promise<readonly OpenSession[]>,
  closing: AbortSignal,
): Handlers {
  const withCell = <T>(session: string, work: (cell: SessionCell) => Promise<T>): Promise<T> =>
    opened(session).then(({ cell }) => work(cell))
  return {
    open: async ({ session, options }) => {
      expectId(session)
      const { cell, slot, reader } = await opened(session)
      if (options) await configure(cell, options)
      for (const other of await others(session)) void adoptBetween(other)
      await adoptBetween({ cell, reader })
      slot.lookAtPressure()
      return cell.state()
    },
    sessions: async () =>
      (await ports.store.listSessions()).map((row) => ({
        id: row.id,
        createdAt: row.createdAt,
        messages: row.messages,
        tokens: row.tokens.log,
        generation: row.head,
      })),
    state: ({ session }) => withCell(session, async (cell) => cell.state()),
    append: async (params) => append(await opened(params.session), params),
    context: async ({ session, ...options }) => {
      const { reader, idle } = await opened(session)
      const context = await reader.context(options)
      idle.touch()
      return context
    },
    compact: async ({ session, ...wish }) => (await opened(session)).slot.request(wish),
    apply: async ({ session }) => {
      const applied = await (await opened(session)).reader.apply()
      return applied.kind === 'applied'
        ? { kind: 'applied', generation: applied.generation.n }
        : { kind: 'refused', reason: applied.reason }
    },
    cancel: async ({ session }) => (await opened(session)).slot.cancel(),
    generations: ({ session }) => withCell(session, listGenerations),
    generation: ({ session, n }) => withCell(session, (cell) => readGeneration(cell, n)),
    diff: ({ session, a, b }) => withCell(session, (cell) => diffGenerations(cell, a, b)),
    rollback: async ({ session, n }) => {
      const { cell, slot } = await opened(session)
      return cell.exclusive(() => rollBackTo(cell, slot, n))
    },
    branch: async ({ session, after }) => {
      const { cell, slot } = await opened(session)
      await cell.exclusive(() => branchAfter(cell, slot, after))
      return cell.state()
    },
    pin: ({ session, seq, pinned }) => withCell(session, (cell) => setPin(cell, seq, pinned)),
    recall: async ({ session, query, limit = DEFAULT_RECALL_LIMIT, by = 'person' }) => {
      const { cell, watch } = await opened(session)
      const most = Math.min(Math.max(1, Math.floor(limit)), MAX_RECALL_LIMIT)
      const result = await recall(cell, query, most, closing)
      if (by === 'model') watch.recalled(seqsOf(result))
      return result
    },
    jobs: async ({ session }) => {
      const read = await ports.store.read({ session, jobs: 'all' })
      return read.jobs.toReversed()
    },
    registry: async () => {
      const jobs = await ports.store.listJobs(MAX_LISTED_JOBS)
      const queued = await others('').then((all) =>
        all.flatMap(({ cell }) => queuedJob(cell, owner)),
      )
      return groupBySession([...jobs.map((job) => describeJob(job, owner)), ...queued])
    },
    reportUsage: ({ session, ...usage }) => withCell(session, (cell) => reportUsage(cell, usage)),
    configure: async ({ session, options }) => {
      const { cell, slot } = await opened(session)
      await configure(cell, options)
      slot.lookAtPressure()
      return cell.state()
    },
  }
}

/** A job of this tab that waits for the lease has no row yet. */
function queuedJob(cell: SessionCell, owner: string): readonly JobEntry[] {
  const { job } = cell.state()
  if (job.status !== 'queued') return []
  const now = cell.ports.clock.now()
  return [
    {
      session: cell.id,
      n: 0,
      trigger: job.trigger,
      state: 'queued',
      owner,
      isHere: true,
      attempt: 1,
      blocks: [],
      done: 0,
      spend: NO_SPEND,
      tokensBefore: Math.round(cell.contextTokens()),
      tokensAfter: null,
      generation: null,
      reason: null,
      startedAt: now,
      endedAt: null,
    },
  ]
}

/** Nothing that could go wrong here is worth failing the opening of a session for. */
async function adoptBetween({ cell, reader }: Pick<OpenSession, 'cell' | 'reader'>): Promise<void> {
  if (cell.row().policy.applyAt === 'between') await reader.adoptAtRest().catch(() => {})
}

function isAboutJobs({ type }: SessionEvent): boolean {
  return type !== 'appended' && type !== 'branched' && type !== 'worker-restarted'
}

function seqsOf(result: RecallResult): readonly Seq[] {
  switch (result.kind) {
    case 'hits':
      return result.hits.map(({ seq }) => seq)
    case 'messages':
      return result.messages.map(({ seq }) => seq)
    case 'artifact':
      return []
  }
}

async function append(
  { cell, queue, idle }: OpenSession,
  { messages, ids, repeat = false }: Params<'append'>,
): Promise<AppendReceipt> {
  const { ports } = cell
  if (!Array.isArray(messages)) {
    throw new BackfoldError('INVALID_INPUT', 'append() takes messages')
  }
  const drafts = messages.map((message: MessageInput, index) => {
    const draft = ports.codec.toDraft(message, `message ${index}`)
    return stampDraft(draft, {
      id: ids?.[index] ?? ports.random.id(),
      at: ports.clock.now(),
      count: (text) => ports.tokeniser.count(text),
    })
  })
  // Ids that the host gave may have been appended before; ids of ours can't.
  const mayBeKnown = repeat || messages.some((message: MessageInput) => message.id !== undefined)
  const result = await queue.append(drafts, mayBeKnown)
  idle.touch()
  return {
    seqs: result.messages.map((message) => message.seq),
    ids: result.messages.map((message) => message.id),
    tokens: result.messages.map((message) => message.tokens),
  }
}

async function configure(cell: SessionCell, options: PolicyOptions): Promise<SessionState> {
  const row = await changeRow(cell, (session) => ({
    policy: resolvePolicy(options, session.policy),
  }))
  cell.know(row)
  // What could not be folded under the former policy may be under this one.
  cell.step({ type: 'reset' })
  return cell.state()
}

async function reportUsage(
  cell: SessionCell,
  usage: { readonly inputTokens: number; readonly model?: string },
): Promise<number> {
  if (!Number.isFinite(usage.inputTokens) || usage.inputTokens <= 0) {
    throw new BackfoldError(
      'INVALID_INPUT',
      `inputTokens must be a positive number, got ${String(usage.inputTokens)}`,
    )
  }
  const asked = cell.handedOut()
  const row = await changeRow(cell, (session) => ({
    calibration: learn(session.calibration, {
      estimated: asked?.estimatedTokens ?? sumCategories(session.tokens.context),
      reported: usage.inputTokens,
      contextKey: asked?.contextKey ?? contextKeyOf(session),
      through: asked?.through ?? session.nextSeq - 1,
      ...(usage.model === undefined ? {} : { model: usage.model }),
    }),
  }))
  cell.know(row)
  return cell.contextTokens() / Math.max(1, sumCategories(row.tokens.context))
}

function changeRow(
  cell: SessionCell,
  change: (session: SessionRow) => Pick<Partial<SessionRow>, 'policy' | 'calibration'>,
): Promise<SessionRow> {
  return cell.ports.store.commit({ session: cell.id }, ({ session }) => {
    if (!session) throw new BackfoldError('SESSION_NOT_FOUND', `session ${cell.id} does not exist`)
    const row = reviseSession(session, change(session))
    return { writes: [{ table: 'sessions', row }], outcome: row }
  })
}
