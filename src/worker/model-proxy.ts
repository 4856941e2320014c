import { transfer, wrap, type Remote } from 'comlink'
import { BackfoldError } from '../core/backfold-error.ts'
import type { DeviceState } from '../core/ports/device-conditions.ts'
import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import { createPendingCalls, type PendingCalls } from '../protocol/pending-calls.ts'
import { fromReply, type Reply } from '../protocol/reply.ts'
import type { PlainChoice, SummariserDesk } from '../protocol/summariser-desk.ts'
import { watchLifeline } from '../tabs/lifeline.ts'
import type { LockManagerLike } from '../tabs/web-lock-leases.ts'
import type { ModelWorkerApi } from './model-worker.ts'

export interface ModelProxyOptions {
  readonly spawn: () => Worker
  /** Way to the models that only the page has. */
  readonly page: MessagePort
  /** The ladder as it was chosen before; the worker is started when it is first asked. */
  readonly chosen: readonly PlainChoice[]
  /** Undefined on insecure origins: then only deadlines tell that the worker died. */
  readonly locks: LockManagerLike | undefined
}

interface Running {
  readonly api: Remote<ModelWorkerApi>
  /** Ends with an error when the worker is gone. */
  readonly calls: PendingCalls
  /** Resolves when the ladder was chosen there. */
  readonly ready: Promise<void>
  end(reason: BackfoldError): void
}

/** Until the models' own wish is known. */
const BLOCK_TOKENS = 8_000

/**
 * The worker that holds the models, as the engine sees it: started by the first choice that names one, and
 * again, with the same choice, for the next call after it died.
 */
export function createModelProxy(options: ModelProxyOptions): SummariserDesk {
  const listeners = new Set<() => void>()
  let running: Running | undefined
  let { chosen } = options
  let device: DeviceState = {}
  let blockTokens = BLOCK_TOKENS
  let numbers = 0

  const tell = (): void => {
    for (const listener of [...listeners]) listener()
  }
  const start = (choices: readonly PlainChoice[]): Running => {
    const own = startWorker(options, { choices, device }, tell, () => {
      if (running === own) running = undefined
      tell()
    })
    running = own
    return own
  }
  const call = async <T>(ask: (api: Remote<ModelWorkerApi>) => Promise<Reply<T>>): Promise<T> => {
    const own = running ?? start(chosen)
    await own.ready
    return fromReply(await own.calls.guard(ask(own.api), 'models', 0))
  }
  /** Calls have numbers, by which they are aborted: a signal can't cross. */
  const abortable = async <T>(
    signal: AbortSignalLike,
    ask: (api: Remote<ModelWorkerApi>, number: number) => Promise<Reply<T>>,
  ): Promise<T> => {
    const number = (numbers += 1)
    const onAbort = (): void => void running?.api.abort(number)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      if (signal.aborted) throw new BackfoldError('CLOSED', 'the call was cancelled')
      return await call((api) => ask(api, number))
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
  const named = (): readonly PlainChoice[] => chosen.filter(({ kind }) => kind !== 'built-in')

  return {
    isPresent: () => named().length > 0,
    blockTokens: () => blockTokens,
    summarise: (request, signal) => abortable(signal, (api, n) => api.summarise(n, request)),
    async choose(choices) {
      if (running) {
        const chose: Promise<Reply<void>> = running.api.choose(choices)
        fromReply(await running.calls.guard(chose, 'choose', 0))
      } else if (choices.some(({ kind }) => kind !== 'built-in')) {
        const own = start(choices)
        await own.ready.catch((failure: unknown) => {
          own.end(new BackfoldError('CLOSED', 'the choice was refused'))
          throw failure
        })
      }
      chosen = choices
      if (running) blockTokens = await call((api) => api.blockTokens())
      tell()
    },
    status: async () =>
      running || named().length > 0
        ? call((api) => api.status())
        : { steps: [], events: [], waits: [] },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    reset: async () => {
      if (running) await call((api) => api.reset())
    },
    test: (step) => call((api) => api.test(step)),
    try: (step, request, signal) => abortable(signal, (api, n) => api.try(n, step, request)),
    command: (step, command) => call((api) => api.command(step, command)),
    sent: async () => (running ? call((api) => api.sent()) : []),
    beginTurn: async (provider, turn) => {
      // Without models nobody else wants the provider.
      if (running) await call((api) => api.beginTurn(provider, turn))
    },
    endTurn: async (turn) => {
      if (running) await call((api) => api.endTurn(turn))
    },
    tellDevice: async (state) => {
      device = state
      if (running) await call((api) => api.tellDevice(state))
    },
    async close() {
      running?.end(new BackfoldError('CLOSED', 'Backfold was closed'))
      listeners.clear()
    },
  }
}

function startWorker(
  { spawn, page, locks }: ModelProxyOptions,
  { choices, device }: { readonly choices: readonly PlainChoice[]; readonly device: DeviceState },
  onChange: () => void,
  onEnd: () => void,
): Running {
  const worker = spawn()
  const calls = createPendingCalls()
  const watching = new AbortController()
  const changes = new MessageChannel()
  const relay = new MessageChannel()
  const end = (reason: BackfoldError): void => {
    if (watching.signal.aborted) return
    watching.abort()
    worker.terminate()
    changes.port1.close()
    relay.port1.close()
    calls.fail(reason)
    onEnd()
  }
  const lost = (): void => end(new BackfoldError('WORKER_LOST', 'the worker with the models died'))
  worker.addEventListener('error', lost)
  changes.port1.onmessage = onChange
  // The page's own port stays here: the worker may die and come again.
  page.onmessage = ({ data }: MessageEvent<unknown>) => relay.port1.postMessage(data)
  relay.port1.onmessage = ({ data }: MessageEvent<unknown>) => page.postMessage(data)
  const api = wrap<ModelWorkerApi>(worker)
  const lifeline = `backfold:models:${crypto.randomUUID()}`
  const ports = transfer({ page: relay.port2, changes: changes.port2 }, [
    relay.port2,
    changes.port2,
  ])
  const starting: Promise<Reply<void>> = api.start(lifeline, ports)
  const ready = calls.guard(starting, 'start', 0).then(async (reply) => {
    fromReply(reply)
    if (locks) void watchLifeline(locks, lifeline, watching.signal).then(lost, () => {})
    const told: Promise<Reply<void>> = api.tellDevice(device)
    fromReply(await calls.guard(told, 'start', 0))
    const chose: Promise<Reply<void>> = api.choose(choices)
    fromReply(await calls.guard(chose, 'choose', 0))
  })
  // Whoever calls learns why.
  ready.catch(() => {})
  return { api, calls, ready, end }
}
