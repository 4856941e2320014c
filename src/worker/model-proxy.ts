import { transfer, wrap, type Remote } from 'comlink'
import { BackfoldError } from '../core/backfold-error.ts'
import type { DeviceState } from '../core/ports/device-conditions.ts'
import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { ModelQuestion } from '../protocol/model-api.ts'
import { oneByOne } from '../protocol/one-by-one.ts'
import { createPendingCalls, type PendingCalls } from '../protocol/pending-calls.ts'
import { fromReply, type Reply } from '../protocol/reply.ts'
import type { PlainChoice, SummariserDesk } from '../protocol/summariser-desk.ts'
import type { SummarisersStatus } from '../protocol/summariser-status.ts'
import { watchLifeline } from '../tabs/lifeline.ts'
import type { LockManagerLike } from '../tabs/web-lock-leases.ts'
import type { ModelWorkerApi } from './model-worker.ts'

export interface ModelProxyOptions {
  readonly spawn: () => Worker
  /** Way to the models that only the page has. */
  readonly page: MessagePort
  /** The ladder as it was chosen before; the worker is started when it is first asked. */
  readonly chosen: readonly PlainChoice[]
  readonly device: DeviceState
  /** Undefined on insecure origins: then only deadlines tell that the worker died. */
  readonly locks: LockManagerLike | undefined
}

interface Running {
  readonly api: Remote<ModelWorkerApi>
  /** Ends with an error when the worker is gone. */
  readonly calls: PendingCalls
  /** Resolves when the ladder was chosen there. */
  readonly ready: Promise<void>
  isReady(): boolean
  end(reason: BackfoldError): void
}

/** Until the models' own wish is known. */
const BLOCK_TOKENS = 8_000

/** Workers that died in a row, without an answer between them, after which none is started until the next choice. */
const MAX_DEATHS = 3

/**
 * The worker that holds the models, as the engine sees it: started by the first choice that names one, and
 * again, with the same choice, for the next call after it died.
 */
export function createModelProxy(options: ModelProxyOptions): SummariserDesk {
  const listeners = new Set<() => void>()
  let running: Running | undefined
  let { chosen, device } = options
  let blockTokens = BLOCK_TOKENS
  let numbers = 0
  let deaths = 0
  let known: SummarisersStatus = { steps: [], events: [], waits: [] }
  const inTurn = oneByOne()

  const tell = (): void => {
    for (const listener of [...listeners]) listener()
  }
  const start = (choices: readonly PlainChoice[]): Running => {
    const own = startWorker(options, { choices, device }, tell, () => {
      if (running === own) running = undefined
      deaths += 1
      tell()
    })
    running = own
    return own
  }
  const call = async <T>(ask: (api: Remote<ModelWorkerApi>) => Promise<Reply<T>>): Promise<T> => {
    if (!running && deaths >= MAX_DEATHS) throw LOST
    const own = running ?? start(chosen)
    await own.ready
    const value = fromReply(await own.calls.guard(ask(own.api), 'models', 0))
    deaths = 0
    return value
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
      return await call((api) => {
        // While the worker started, an abort would have come before the call.
        if (signal.aborted) throw new BackfoldError('CLOSED', 'the call was cancelled')
        return ask(api, number)
      })
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
  const named = (): readonly PlainChoice[] => chosen.filter(({ kind }) => kind !== 'built-in')

  return {
    isPresent: () => named().length > 0,
    blockTokens: () => blockTokens,
    summarise: (request, signal) => abortable(signal, (api, n) => api.summarise(n, request)),
    choose: (choices) =>
      inTurn(async () => {
        deaths = 0
        const isFirst = !running
        const isAsked = choices.some(({ kind }) => kind !== 'built-in')
        if (isFirst && isAsked) {
          const own = start(choices)
          await own.ready.catch((failure: unknown) => {
            own.end(LOST)
            throw failure
          })
        } else if (!isFirst) await call((api) => api.choose(choices))
        chosen = choices
        if (running) blockTokens = await call((api) => api.blockTokens())
        tell()
      }),
    async status() {
      // Looking starts no worker: one that can't be started would be started again and again.
      if (running?.isReady()) known = await call((api) => api.status())
      return known
    },
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
    sent: async () => (running?.isReady() ? call((api) => api.sent()) : []),
    beginTurn: async (provider, turn) => {
      // Where no models are ready nobody else wants the provider, and a chat waits for no worker to start.
      if (running?.isReady()) await call((api) => api.beginTurn(provider, turn))
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

/** No `WORKER_LOST`: that is what a page calls the end of the whole engine. */
const LOST = new BackfoldError('MODEL_UNAVAILABLE', 'the worker with the models died')

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
    // What it asked of the page nobody waits for any more.
    page.postMessage({ type: 'leave' } satisfies ModelQuestion)
    calls.fail(reason)
    onEnd()
  }
  const lost = (): void => end(LOST)
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
  let isReady = false
  // Whoever calls learns why not.
  ready.then(
    () => (isReady = true),
    () => {},
  )
  return { api, calls, ready, end, isReady: () => isReady }
}
