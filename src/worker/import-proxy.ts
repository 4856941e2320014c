import type { Remote } from 'comlink'
import { BackfoldError } from '../core/backfold-error.ts'
import { fromReply, type Reply } from '../protocol/reply.ts'
import type { TransferDesk } from '../protocol/transfers.ts'
import type { LockManagerLike } from '../tabs/web-lock-leases.ts'
import type { ImportApi } from './import-worker.ts'
import { startWatchedWorker, type WatchedWorker } from './watched-worker.ts'

export interface ImportProxyOptions {
  readonly database: string
  /** The key of the rows, where they are encrypted; asked for when the worker is started. */
  readonly dataKey: () => Uint8Array | undefined
  readonly spawn: () => Worker
  /** Undefined on insecure origins: then only an error of the worker tells that it died. */
  readonly locks: LockManagerLike | undefined
}

/** The desk, with an end. */
export interface ImportProxy extends TransferDesk {
  /** Ends the worker, whose key is not that of the store any more. */
  restart(): void
  close(): void
}

/** How long the worker stays without work, in milliseconds. */
const IDLE_MS = 10_000

type Running = WatchedWorker<ImportApi>

/**
 * The import worker as the engine sees it: started when a file first comes or goes, and ended when nothing was asked of
 * it for a while and no export is being read. When it dies, its imports and exports end with `WORKER_LOST`.
 */
export function createImportProxy(options: ImportProxyOptions): ImportProxy {
  let running: Running | undefined
  let calls = 0
  let idle: ReturnType<typeof setTimeout> | undefined
  /** Exports whose last bytes were not asked for yet. */
  const exports = new Set<string>()

  const rest = (): void => {
    clearTimeout(idle)
    if (calls > 0 || exports.size > 0) return
    idle = setTimeout(() => {
      running?.end(CLOSED)
      running = undefined
    }, IDLE_MS)
  }
  const ask = async <T>(work: (api: Remote<ImportApi>) => Promise<Reply<T>>): Promise<T> => {
    clearTimeout(idle)
    if (!running || running.hasEnded()) {
      exports.clear()
      running = startWorker(options)
    }
    const own = running
    calls += 1
    try {
      const answer = own.started.then(async () => work(own.api))
      return fromReply(await own.calls.guard(answer, 'import or export', 0))
    } finally {
      calls -= 1
      rest()
    }
  }

  const end = (): void => {
    clearTimeout(idle)
    running?.end(CLOSED)
    running = undefined
  }

  return {
    importFile: (params) => ask((api) => api.importFile(params)),
    importProgress: async (params) => (running ? ask((api) => api.importProgress(params)) : null),
    async exportChunk(params) {
      const { transfer } = params
      exports.add(transfer)
      let isLast = true
      try {
        const chunk = await ask((api) => api.exportChunk(params))
        isLast = chunk === null
        return chunk
      } finally {
        if (isLast) exports.delete(transfer)
        rest()
      }
    },
    async cancelTransfer(params) {
      exports.delete(params.transfer)
      if (running) await ask((api) => api.cancelTransfer(params))
    },
    restart: end,
    close: end,
  }
}

const CLOSED = new BackfoldError('CLOSED', 'imports and exports have ended')

function startWorker({ database, dataKey, spawn, locks }: ImportProxyOptions): Running {
  return startWatchedWorker<ImportApi>({
    name: 'import',
    spawn,
    locks,
    start: (api, lifeline) => api.start({ database, dataKey: dataKey(), lifeline }),
    closed: CLOSED,
  })
}
