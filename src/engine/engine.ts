import { BackfoldError, isBackfoldError } from '../core/backfold-error.ts'
import type { SessionEvent } from '../protocol/events.ts'
import type { Method, Params, Result } from '../protocol/requests.ts'
import type { Emit, EnginePorts } from './engine-ports.ts'
import { createExtractorSet } from './extractor-set.ts'
import { refresh } from './job-slot.ts'
import { openSession, type EngineParts, type OpenSession } from './open-session.ts'
import { createRequestHandlers } from './request-handlers.ts'

/** The use cases, behind one entrance that plain data can pass through. */
export interface Engine {
  /** Carries out one request. Rejects with a `BackfoldError` only. */
  handle<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>
  close(): Promise<void>
}

/**
 * Runs core's decisions over the ports: one engine a tab. It holds no state that is not in the store,
 * so it may be killed at any moment.
 */
export function createEngine(ports: EnginePorts, emit: Emit): Engine {
  const open = new Map<string, Promise<OpenSession>>()
  let births = 0
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

  const opened = (session: string, mayCreate = false): Promise<OpenSession> => {
    const found = open.get(session)
    if (found) return found
    const birth = mayCreate ? `${engine.owner}-${(births += 1)}` : undefined
    const opening = openSession(engine, session, birth)
    open.set(session, opening)
    // A session that could not be opened may be opened again.
    opening.catch(() => forgetOpening(session, opening))
    return opening
  }

  const forgetOpening = (session: string, opening: Promise<OpenSession>): void => {
    if (open.get(session) === opening) open.delete(session)
  }

  const forget = async (session: string): Promise<void> => {
    const opening = open.get(session)
    open.delete(session)
    const found = await opening?.catch(() => undefined)
    await found?.close()
    emit({ kind: 'deleted', session })
    emit({ kind: 'jobs' })
  }

  /** Whether the session that is open here, or any of that id, is still there. */
  const isThere = async (session: string): Promise<boolean> => {
    const found = await open.get(session)?.catch(() => undefined)
    const store = found?.cell.ports.store ?? ports.store
    return store.read({ session }).then(
      (read) => read.session !== undefined,
      (failure: unknown) => !(isBackfoldError(failure) && failure.code === 'SESSION_NOT_FOUND'),
    )
  }

  const reopened = async (session: string, mayCreate: boolean): Promise<OpenSession> => {
    if (open.has(session) && !(await isThere(session))) await forget(session)
    return opened(session, mayCreate)
  }

  const stopWatching = ports.summariser?.watch(() => emit({ kind: 'summarisers' }))
  const stopSync = ports.sync?.watch(() => emit({ kind: 'sync' }))
  const stopListening = ports.notices.listen(({ session, kind, change }) => {
    if (ports.sync) emit({ kind: 'sync', session })
    if (kind === 'deleted') {
      void isThere(session).then((is) => (is ? undefined : forget(session)))
      return
    }
    if (kind !== 'appended' && kind !== 'described') emit({ kind: 'jobs' })
    const noticed = open.get(session)?.then(async ({ cell, slot, idle }) => {
      const before = cell.row().tokens.context
      await refresh(cell)
      if (kind === 'synced' && change) {
        cell.emit({ type: 'synced', ...change }, { before, after: cell.row().tokens.context })
      }
      slot.lookAtPressure()
      // Work in another tab is no rest either.
      idle.touch()
    })
    // Whoever asked for the session learns why it could not be opened.
    noticed?.catch(() => {})
  })

  const others = async (session: string): Promise<readonly OpenSession[]> => {
    const rest = [...open].filter(([id]) => id !== session).map(([, opening]) => opening)
    const settled = await Promise.allSettled(rest)
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  }

  const handlers = createRequestHandlers(
    engine,
    { opened, reopened, forget, others },
    closing.signal,
  )

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
      stopWatching?.()
      stopSync?.()
      for (const opening of open.values()) {
        await opening.then(({ close }) => close()).catch(() => {})
      }
      await ports.summariser?.close()
      // Before the store: what it takes in is still written.
      await ports.sync?.close()
      ports.notices.close()
      await ports.store.close()
    },
  }
}

/** A rollback or branch takes the job with it that was made for the former head. */
function isAboutJobs({ type }: SessionEvent): boolean {
  return type !== 'appended' && type !== 'mended' && type !== 'worker-restarted'
}
