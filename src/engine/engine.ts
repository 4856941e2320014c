import { BackfoldError } from '../core/backfold-error.ts'
import { stampDraft } from '../core/session/append.ts'
import { contextKeyOf } from '../core/session/calibrated-tokens.ts'
import { learn } from '../core/session/calibration.ts'
import { newSession } from '../core/session/new-session.ts'
import { resolvePolicy, type PolicyOptions } from '../core/session/policy.ts'
import { sumCategories } from '../core/session/categories.ts'
import { reviseSession, type SessionRow } from '../core/session/session-row.ts'
import type { SessionState } from '../protocol/events.ts'
import type {
  AppendReceipt,
  MessageInput,
  Method,
  Params,
  Requests,
  Result,
} from '../protocol/requests.ts'
import { createAppendQueue } from './append-queue.ts'
import type { Emit, EnginePorts } from './engine-ports.ts'
import { createJobSlot, refresh, type JobSlot } from './job-slot.ts'
import { createSessionCell, type SessionCell } from './session-cell.ts'
import { createContextReader, type ContextReader } from './session-context.ts'
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
const MAX_ID_LENGTH = 200

/** The use cases, behind one entrance that plain data can pass through. */
export interface Engine {
  /** Carries out one request. Rejects with a `BackfoldError` only. */
  handle<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>
  close(): Promise<void>
}

/** Everything that belongs to one open session. */
interface OpenSession {
  readonly cell: SessionCell
  readonly slot: JobSlot
  readonly reader: ContextReader
  readonly queue: ReturnType<typeof createAppendQueue>
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

  const opened = (session: string): Promise<OpenSession> => {
    const found = open.get(session)
    if (found) return found
    const opening = openSession(ports, emit, session)
    open.set(session, opening)
    // A session that could not be opened may be opened again.
    opening.catch(() => open.delete(session))
    return opening
  }

  const stopListening = ports.notices.listen(({ session }) => {
    const noticed = open.get(session)?.then(async ({ cell, slot }) => {
      await refresh(cell)
      slot.lookAtPressure()
    })
    // Whoever asked for the session learns why it could not be opened.
    noticed?.catch(() => {})
  })

  const handlers = createHandlers(ports, opened, closing.signal)

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
        await opening.then(({ slot }) => slot.suspended(async () => {})).catch(() => {})
      }
      ports.notices.close()
      await ports.store.close()
    },
  }
}

function createHandlers(
  ports: EnginePorts,
  opened: (session: string) => Promise<OpenSession>,
  closing: AbortSignal,
): Handlers {
  const withCell = <T>(session: string, work: (cell: SessionCell) => Promise<T>): Promise<T> =>
    opened(session).then(({ cell }) => work(cell))
  return {
    open: async ({ session, options }) => {
      expectId(session)
      const { cell, slot } = await opened(session)
      if (options) await configure(cell, options)
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
    context: async ({ session, ...options }) => (await opened(session)).reader.context(options),
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
    recall: ({ session, query, limit = DEFAULT_RECALL_LIMIT }) =>
      withCell(session, (cell) =>
        recall(cell, query, Math.min(Math.max(1, Math.floor(limit)), MAX_RECALL_LIMIT), closing),
      ),
    jobs: async ({ session }) => {
      const read = await ports.store.read({ session, jobs: 'all' })
      return read.jobs.toReversed()
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

async function openSession(ports: EnginePorts, emit: Emit, id: string): Promise<OpenSession> {
  expectId(id)
  // Most sessions are there: a read holds up nobody.
  const { session } = await ports.store.read({ session: id })
  const row =
    session ??
    (await ports.store.commit({ session: id }, (read) => {
      if (read.session) return { writes: [], outcome: read.session }
      const created = newSession(id, resolvePolicy(), ports.clock.now())
      return { writes: [{ table: 'sessions', row: created }], outcome: created }
    }))
  const cell = createSessionCell(ports, row, emit)
  const slot = createJobSlot(cell)
  return {
    cell,
    slot,
    reader: createContextReader(cell, slot),
    queue: createAppendQueue(ports.store, id, ({ session, added }) => {
      cell.know(session)
      const [first, last] = [added[0], added.at(-1)]
      if (!first || !last) return
      cell.emit({ type: 'appended', from: first.seq, to: last.seq })
      ports.notices.post({ session: id, kind: 'appended' })
      slot.lookAtPressure()
    }),
  }
}

async function append(
  { cell, queue }: OpenSession,
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

function expectId(session: unknown): void {
  if (typeof session === 'string' && session.length > 0 && session.length <= MAX_ID_LENGTH) return
  throw new BackfoldError(
    'INVALID_INPUT',
    `a session id must be a string of 1 to ${MAX_ID_LENGTH} characters`,
  )
}
