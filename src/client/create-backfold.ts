import { BackfoldError } from '../core/backfold-error.ts'
import type { EngineSignal } from '../protocol/engine-signal.ts'
import type { SessionEvent, SessionState } from '../protocol/events.ts'
import type { ContextResult, Method, Params, Result } from '../protocol/requests.ts'
import type { OpenSummarisers, PageModels } from './summarisers.ts'
import { createExport } from './lazy-export.ts'
import { createFetch } from './lazy-fetch.ts'
import { watchReading } from './watched-reading.ts'
import type { Backfold, Session } from './session.ts'
import type { OpenSync } from './backfold-sync.ts'

/** How requests reach the engine: through a worker, or directly. */
export type Call = <M extends Method>(method: M, params: Params<M>) => Promise<Result<M>>

export interface Created {
  readonly backfold: Backfold
  tell(signal: EngineSignal): void
  /** The worker died and was started again: every session's listeners are told. */
  restarted(reason: string): void
}

interface Known {
  current(): SessionState
  readonly session: Session
  tell(signal: SessionSignal): void
}

/** Requests about one session. */
type SessionMethod = {
  [M in Method]: Params<M> extends { readonly session: string } ? M : never
}[Method]

/** What is told about one session. */
type SessionSignal = Extract<EngineSignal, { readonly kind: 'state' | 'event' | 'deleted' }>

/**
 * Builds the public objects over a way to call an engine. The same code serves a page, where calls
 * cross to a worker, and a process that runs the engine itself.
 */
export function createBackfold(
  call: Call,
  issueId: () => string,
  close: () => Promise<void>,
  page: PageModels,
): Created {
  const known = new Map<string, Known>()
  const openSession: Backfold['session'] = async (id, options) => {
    const state = await call('open', { session: id, ...(options && { options }) })
    const found = known.get(id) ?? createSession(call, issueId, state)
    known.set(id, found)
    found.tell({ kind: 'state', state })
    return found.session
  }
  const registry = watchReading(() => call('registry', {}), notify, [])
  let summarisers: Promise<OpenSummarisers> | undefined
  const summarisersChanged = (): void => void summarisers?.then(({ changed }) => changed())
  let sync: Promise<OpenSync> | undefined
  const tellSync = (session?: string): void => void sync?.then(({ told }) => told(session))
  return {
    tell(signal) {
      if (signal.kind === 'jobs') registry.changed()
      else if (signal.kind === 'summarisers') summarisersChanged()
      else if (signal.kind === 'sync') tellSync(signal.session)
      else {
        const id =
          signal.kind === 'deleted'
            ? signal.session
            : (signal.kind === 'state' ? signal.state : signal.event).session
        known.get(id)?.tell(signal)
        if (signal.kind === 'deleted') known.delete(id)
      }
    },
    restarted(reason) {
      // Its jobs are nobody's now, and the new worker has another name.
      registry.changed()
      summarisersChanged()
      tellSync()
      for (const [session, { tell, current }] of known) {
        const { categories } = current().tokens
        const change = { before: categories, after: categories }
        const event = { type: 'worker-restarted', reason, session, at: Date.now() } as const
        tell({ kind: 'event', event: { ...event, ...change } })
        // The new worker knows this session only once it is opened, and then takes up its job.
        void call('open', { session, existing: true }).then(
          (state) => tell({ kind: 'state', state }),
          () => {},
        )
      }
    },
    backfold: {
      session: openSession,
      async import(source, options = {}) {
        // A page that never imports need not load what repairs.
        const { importHistory } = await import('./import-history.ts')
        return importHistory(source, options, openSession)
      },
      // A page that moves no files need not load what does.
      importFile: async (file, options) =>
        (await import('./transfer-files.ts')).importFile(call, issueId(), file, options),
      export: (options) => createExport(call, issueId, options),
      sessions: () => call('sessions', {}),
      search: (words, options) => call('search', { words, ...options }),
      protect: async (change) => (await import('./protect.ts')).protect(call, page, change),
      delete: (session) => call('delete', { session }),
      jobs: () => registry.observable,
      // A page that chooses none need not load what does.
      summarisers: () =>
        (summarisers ??= import('./summarisers.ts').then((loaded) =>
          loaded.createSummarisers(call, page, notify),
        )),
      sync: () =>
        (sync ??= import('./backfold-sync.ts').then((loaded) =>
          loaded.createSync(call, page, notify),
        )),
      turn: (provider, work) =>
        import('./summarisers.ts').then(({ takeTurn }) =>
          takeTurn(call, issueId(), provider, work),
        ),
      fetch: (options) => createFetch(call, notify, options),
      close,
    },
  }
}

/** Calls a listener that, should it throw, must neither stop the others nor be swallowed. */
function notify(listener: () => void): void {
  try {
    listener()
  } catch (failure) {
    if (typeof reportError === 'function') reportError(failure)
    // Node has no reportError; this is how its own event targets do it.
    else {
      queueMicrotask(() => {
        throw failure
      })
    }
  }
}

function createSession(call: Call, issueId: () => string, first: SessionState): Known {
  const id = first.session
  let state = first
  let isDeleted = false
  const watchers = new Set<() => void>()
  const listeners = new Set<readonly [string, (event: SessionEvent) => void]>()
  const ask = <M extends SessionMethod>(
    method: M,
    params?: Omit<Params<M>, 'session'>,
  ): Promise<Result<M>> =>
    isDeleted
      ? Promise.reject(new BackfoldError('SESSION_NOT_FOUND', `session ${id} is deleted`))
      : call(method, { session: id, ...params })
  const session: Session = {
    id,
    state: {
      get: () => state,
      subscribe(watcher) {
        // Wrapped, so that the same function given twice counts twice.
        const own = (): void => watcher()
        watchers.add(own)
        return () => watchers.delete(own)
      },
    },
    describe: (patch) => ask('describe', { patch }),
    append: (...messages) => ask('append', { messages, ids: messages.map(issueId) }),
    context: <M>(options?: Omit<Params<'context'>, 'session'>) =>
      ask('context', options) as Promise<ContextResult<M>>,
    compact: (options) => ask('compact', options),
    apply: () => ask('apply'),
    cancel: () => ask('cancel'),
    generations: () => ask('generations'),
    generation: (n) => ask('generation', { n }),
    diff: (a, b) => ask('diff', { a, b }),
    rollback: (n) => ask('rollback', { n }),
    branch: (after) => ask('branch', { after }),
    pin: (seq) => ask('pin', { seq, pinned: true }),
    unpin: (seq) => ask('pin', { seq, pinned: false }),
    recall: (query, options) => ask('recall', { query, ...options }),
    recallTools: async (options) => {
      // A page that offers no tools need not load what makes them.
      const { giveTools } = await import('./recall-tools.ts')
      return giveTools(call, session, options)
    },
    runTool: (name, input, options) => ask('runTool', { name, input, ...options }),
    answerTools: (message, options) => ask('answerTools', { message, ...options }),
    memory: () => ask('memory'),
    undo: (action) => ask('undo', { action }),
    pads: (command) => ask('pads', { command }),
    rules: (change) => ask('rules', change && { change }),
    facts: (query) => ask('facts', query),
    editDigest: (n, patch) => ask('editDigest', { n, patch }),
    verify: () => ask('verify'),
    jobs: () => ask('jobs'),
    reportUsage: (usage) => ask('reportUsage', usage),
    configure: (options) => ask('configure', { options }),
    export: (options) => createExport(call, issueId, { ...options, sessions: [id] }),
    markdown: async (options) =>
      (await import('./write-markdown.ts')).writeMarkdown(session, options),
    on(type, listener) {
      const own = [type, listener as (event: SessionEvent) => void] as const
      listeners.add(own)
      return () => listeners.delete(own)
    },
  }
  return {
    session,
    current: () => state,
    tell(signal) {
      if (signal.kind === 'deleted') {
        isDeleted = true
        return
      }
      if (signal.kind === 'state') {
        state = signal.state
        for (const watcher of [...watchers]) notify(watcher)
        return
      }
      const { event } = signal
      for (const [type, listener] of [...listeners]) {
        if (type === '*' || type === event.type) notify(() => listener(event))
      }
    },
  }
}
