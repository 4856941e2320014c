import { BackfoldError } from '../core/backfold-error.ts'
import { stampDraft } from '../core/session/append.ts'
import { contextKeyOf } from '../core/session/calibrated-tokens.ts'
import { describeSession, detailsOf } from '../core/session/describe-session.ts'
import { learn } from '../core/session/calibration.ts'
import { sumCategories } from '../core/session/categories.ts'
import { resolvePolicy, type PolicyOptions } from '../core/session/policy.ts'
import { reviseSession, type SessionRow } from '../core/session/session-row.ts'
import type { SessionState } from '../protocol/events.ts'
import type { AppendReceipt, MessageInput, Method, Params, Requests } from '../protocol/requests.ts'
import { sessionGone } from './bind-store.ts'
import { createHostRequests } from './host-requests.ts'
import { listJobs } from './list-jobs.ts'
import { expectId, type EngineParts, type OpenSession } from './open-session.ts'
import { recalledSeqs } from './recall-tools.ts'
import { recall } from './recall.ts'
import type { SessionCell } from './session-cell.ts'
import { searchSessions } from './search-sessions.ts'
import { summarise } from './summarise-session.ts'
import { createSummariserHandlers } from './summariser-handlers.ts'
import { createTransferHandlers } from './transfer/transfer-handlers.ts'
import { createSyncHandlers } from './sync-handlers.ts'
import { createToolHandlers } from './tool-handlers.ts'
import { createVaultHandlers } from './vault-handlers.ts'
import { verifySession } from './verify-session.ts'
import {
  branchAfter,
  diffGenerations,
  listGenerations,
  readGeneration,
  rollBackTo,
  setPin,
} from './session-history.ts'

/** Hits of a recall by words, unless the caller says otherwise. */
const DEFAULT_RECALL_LIMIT = 8
const MAX_RECALL_LIMIT = 100
/** Most tokens that a recall by words may fill. */
const MAX_RECALL_TOKENS = 100_000

/** What carries out each request. */
export type RequestHandlers = {
  readonly [M in Method]: (params: Requests[M]['params']) => Promise<Requests[M]['result']>
}

/** The sessions that an engine has open. */
export interface OpenSessions {
  /** Opens a session that is there, or gives the one that is open. */
  opened(session: string): Promise<OpenSession>
  /** As above, but looks whether the one that is open is still there, and creates one where there is none. */
  reopened(session: string, mayCreate: boolean): Promise<OpenSession>
  /** Ends all that is under way for a session that is deleted, and tells its host. */
  forget(session: string): Promise<void>
  /** All that are open, but for this one. */
  others(session: string): Promise<readonly OpenSession[]>
}

/** One handler for each request. None looks whether the engine was closed. */
export function createRequestHandlers(
  { ports, owner, extractors }: EngineParts,
  { opened, reopened, forget, others }: OpenSessions,
  closing: AbortSignal,
): RequestHandlers {
  const withCell = <T>(session: string, work: (cell: SessionCell) => Promise<T>): Promise<T> =>
    opened(session).then(({ cell }) => work(cell))
  return {
    open: async ({ session, options, existing = false }) => {
      expectId(session)
      const { cell, slot, reader, idle } = await reopened(session, !existing)
      if (options) await configure(cell, options)
      for (const other of await others(session)) void adoptBetween(other)
      await adoptBetween({ cell, reader })
      await slot.resume()
      slot.lookAtPressure()
      idle.touch()
      return cell.state()
    },
    sessions: async () => (await ports.store.listSessions()).map(summarise),
    state: ({ session }) => withCell(session, async (cell) => cell.state()),
    search: ({ words, ...wish }) => searchSessions(ports, words, wish, closing),
    protect: async (change) => {
      if (ports.store.protect) return ports.store.protect(change)
      throw new BackfoldError('INVALID_INPUT', 'this store keeps nothing that could be encrypted')
    },
    delete: async ({ session }) => {
      expectId(session)
      let forgotten: Promise<void> | undefined
      const removed = await ports.store.remove(session, () => {
        ports.notices.post({ session, kind: 'deleted' })
        forgotten = forget(session)
      })
      await forgotten
      return removed ? { kind: 'deleted', ...removed } : { kind: 'not-found' }
    },
    describe: ({ session, patch }) =>
      withCell(session, async (cell) => {
        const row = await changeRow(cell, (before) => describeSession(before, patch))
        cell.know(row)
        ports.notices.post({ session, kind: 'described' })
        return detailsOf(row)
      }),
    append: async (params) => append(await opened(params.session), params),
    context: async ({ session, ...options }) => {
      const { reader, idle } = await opened(session)
      return idle.during(() => reader.context(options))
    },
    compact: async ({ session, ...wish }) => {
      const { slot, idle } = await opened(session)
      const outcome = await slot.request(wish)
      idle.touch()
      return outcome
    },
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
    recall: async ({ session, query, limit, tokens, by = 'person' }) => {
      const { cell, watch } = await opened(session)
      const wish = {
        // A budget of tokens is filled, however many messages that takes.
        limit: within(
          limit ?? (tokens === undefined ? DEFAULT_RECALL_LIMIT : MAX_RECALL_LIMIT),
          MAX_RECALL_LIMIT,
        ),
        ...(tokens === undefined ? {} : { tokens: within(tokens, MAX_RECALL_TOKENS) }),
        by,
      }
      const result = await recall(cell, query, wish, closing)
      if (by === 'model') watch.recalled(recalledSeqs(result))
      return result
    },
    ...createToolHandlers({ ports, owner }, opened, closing),
    ...createVaultHandlers({ owner }, opened),
    ...createSummariserHandlers({ ports, extractors }, opened, closing),
    ...createHostRequests(
      { ports, owner },
      {
        opened: (session) => reopened(session, true),
        append: (open, messages) => append(open, { session: open.cell.id, messages }),
        configure: ({ cell }, options) => configure(cell, options),
        reportUsage: ({ cell }, usage) => reportUsage(cell, usage),
      },
      closing,
    ),
    ...createTransferHandlers(ports),
    ...createSyncHandlers(ports),
    verify: ({ session }) => withCell(session, verifySession),
    jobs: async ({ session }) => {
      const read = await ports.store.read({ session, jobs: 'all' })
      if (!read.session) throw sessionGone(session)
      return read.jobs.toReversed()
    },
    registry: async () => listJobs(ports, owner, await others('')),
    reportUsage: ({ session, ...usage }) => withCell(session, (cell) => reportUsage(cell, usage)),
    configure: async ({ session, options }) => {
      const { cell, slot, idle } = await opened(session)
      await configure(cell, options)
      slot.lookAtPressure()
      idle.touch()
      return cell.state()
    },
  }
}

/** Nothing that could go wrong here is worth failing the opening of a session for. */
async function adoptBetween({ cell, reader }: Pick<OpenSession, 'cell' | 'reader'>): Promise<void> {
  if (cell.row().policy.applyAt === 'between') await reader.adoptAtRest().catch(() => {})
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
  const result = await idle.during(() => queue.append(drafts, mayBeKnown))
  return {
    seqs: result.messages.map((message) => message.seq),
    ids: result.messages.map((message) => message.id),
    tokens: result.messages.map((message) => message.tokens),
  }
}

async function configure(cell: SessionCell, options: PolicyOptions): Promise<SessionState> {
  const row = await changeRow(cell, (session) =>
    reviseSession(session, { policy: resolvePolicy(options, session.policy) }),
  )
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
  const row = await changeRow(cell, (session) =>
    reviseSession(session, {
      calibration: learn(session.calibration, {
        estimated: asked?.estimatedTokens ?? sumCategories(session.tokens.context),
        reported: usage.inputTokens,
        contextKey: asked?.contextKey ?? contextKeyOf(session),
        through: asked?.through ?? session.nextSeq - 1,
        ...(usage.model === undefined ? {} : { model: usage.model }),
      }),
    }),
  )
  cell.know(row)
  return cell.contextTokens() / Math.max(1, sumCategories(row.tokens.context))
}

function changeRow(
  cell: SessionCell,
  change: (session: SessionRow) => SessionRow,
): Promise<SessionRow> {
  return cell.ports.store.commit({ session: cell.id }, ({ session }) => {
    if (!session) throw new BackfoldError('SESSION_NOT_FOUND', `session ${cell.id} does not exist`)
    const row = change(session)
    return { writes: row === session ? [] : [{ table: 'sessions', row }], outcome: row }
  })
}

/** A whole number from 1 to the most; what is no number counts as 1. */
function within(wanted: number, most: number): number {
  return Math.min(Math.max(1, Math.floor(wanted) || 1), most)
}
