import { BackfoldError } from '../core/backfold-error.ts'
import { bindStore, sessionGone } from './bind-store.ts'
import { newSession } from '../core/session/new-session.ts'
import { resolvePolicy } from '../core/session/policy.ts'
import { createAppendQueue } from './append-queue.ts'
import type { Emit, EnginePorts } from './engine-ports.ts'
import type { ExtractorSet } from './extractor-set.ts'
import { createIdleWatch, type IdleWatch } from './idle-watch.ts'
import { createJobSlot, type JobSlot } from './job-slot.ts'
import { createProbationWatch, type ProbationWatch } from './probation-watch.ts'
import { createSessionCell, type SessionCell } from './session-cell.ts'
import { createContextReader, type ContextReader } from './session-context.ts'

const MAX_ID_LENGTH = 200

/** What all sessions of one engine share. */
export interface EngineParts {
  readonly ports: EnginePorts
  /** Name of this engine among those of all tabs. */
  readonly owner: string
  readonly extractors: ExtractorSet
  readonly emit: Emit
}

/** Everything that belongs to one open session. */
export interface OpenSession {
  readonly cell: SessionCell
  readonly slot: JobSlot
  readonly reader: ContextReader
  readonly watch: ProbationWatch
  readonly idle: IdleWatch
  readonly queue: ReturnType<typeof createAppendQueue>
  /** Ends the job that runs here, and all waiting; nothing begins any more. */
  close(): Promise<void>
}

/**
 * Opens a session.
 *
 * @param birth - What tells it from others of its id where it is created now; without one it must be there.
 */
export async function openSession(
  { ports: shared, owner, extractors, emit }: EngineParts,
  id: string,
  birth: string | undefined,
): Promise<OpenSession> {
  expectId(id)
  // Most sessions are there: a read holds up nobody.
  const { session } = await shared.store.read({ session: id })
  if (!session && birth === undefined) throw sessionGone(id)
  const row =
    session ??
    (await shared.store.commit({ session: id }, (read) => {
      if (read.session) return { writes: [], outcome: read.session }
      const fresh = newSession(id, resolvePolicy(), shared.clock.now())
      const created = birth === undefined ? fresh : { ...fresh, birth }
      return { writes: [{ table: 'sessions', row: created }], outcome: created }
    }))
  if (row.arriving !== undefined) {
    throw new BackfoldError(
      'SESSION_NOT_FOUND',
      `session ${id} is being imported and not whole yet`,
    )
  }
  const ports = { ...shared, store: bindStore(shared.store, row) }
  const cell = createSessionCell(ports, row, emit)
  const slot = createJobSlot(cell, extractors, owner)
  const watch = createProbationWatch(cell)
  // A turn at the hard threshold waits for code of ours only.
  const mayJoin = (): boolean => {
    const infos = extractors.infos()
    return (
      infos.length === ports.digester.extractors.length &&
      infos.every(({ isModelFree }) => isModelFree)
    )
  }
  const closing = new AbortController()
  const reader = createContextReader(cell, slot, watch, { owner, mayJoin, closing: closing.signal })
  const idle = createIdleWatch(cell, reader.adoptAtRest)
  return {
    cell,
    slot,
    reader,
    watch,
    idle,
    async close() {
      closing.abort()
      idle.stop()
      watch.stop()
      await slot.close()
    },
    queue: createAppendQueue(ports.store, id, ({ session, added }) => {
      cell.know(session)
      const [first, last] = [added[0], added.at(-1)]
      if (!first || !last) return
      cell.emit({ type: 'appended', from: first.seq, to: last.seq })
      ports.notices.post({ session: id, kind: 'appended' })
      watch.look(added)
      slot.lookAtPressure()
    }),
  }
}

/** @throws BackfoldError `INVALID_INPUT` */
export function expectId(session: unknown): void {
  if (typeof session === 'string' && session.length > 0 && session.length <= MAX_ID_LENGTH) return
  throw new BackfoldError(
    'INVALID_INPUT',
    `a session id must be a string of 1 to ${MAX_ID_LENGTH} characters`,
  )
}
