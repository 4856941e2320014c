import { BackfoldError } from '../core/backfold-error.ts'
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

  const stopWatching = ports.summariser?.watch(() => emit({ kind: 'summarisers' }))
  const stopListening = ports.notices.listen(({ session, kind }) => {
    if (kind !== 'appended' && kind !== 'described') emit({ kind: 'jobs' })
    const noticed = open.get(session)?.then(async ({ cell, slot, idle }) => {
      await refresh(cell)
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

  const handlers = createRequestHandlers(engine, { opened, others }, closing.signal)

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
      for (const opening of open.values()) {
        await opening.then(({ close }) => close()).catch(() => {})
      }
      await ports.summariser?.close()
      ports.notices.close()
      await ports.store.close()
    },
  }
}

/** A rollback or branch takes the job with it that was made for the former head. */
function isAboutJobs({ type }: SessionEvent): boolean {
  return type !== 'appended' && type !== 'mended' && type !== 'worker-restarted'
}
