import type {
  BrowserAvailability,
  BrowserQuestion,
  BrowserSession,
  DownloadProgress,
  OpenSession,
} from './browser-api.ts'
import { readAvailability } from './browser-api.ts'
import { callMethod, hasMethod, peek, peekNumber } from './foreign.ts'

type ForeignOptions = Readonly<Record<string, unknown>>

/** Asks a factory of the browser's about its model, in the way of its version. */
export async function askAvailability(
  factory: unknown,
  options: ForeignOptions,
): Promise<BrowserAvailability> {
  if (hasMethod(factory, 'availability')) {
    return readAvailability(await callMethod(factory, 'availability', options))
  }
  const told = await callMethod(factory, 'capabilities')
  return readAvailability(peek(told, 'available'))
}

/** Options that every factory of the browser's takes to create a session. */
export function sessionOptions({ signal, onProgress }: OpenSession): ForeignOptions {
  if (!onProgress) return { signal }
  const monitor = (monitored: unknown): void => {
    const onDownload = (event: unknown): void => onProgress(readProgress(event))
    void callMethod(monitored, 'addEventListener', 'downloadprogress', onDownload).catch(() => {})
  }
  return { signal, monitor }
}

/** How far a download is. Newer browsers count from 0 to 1, older ones bytes. */
function readProgress(event: unknown): DownloadProgress {
  const loaded = peekNumber(event, 'loaded')
  const total = peekNumber(event, 'total') ?? 0
  if (loaded === undefined) return {}
  if (total > 1) return { share: Math.min(1, loaded / total), bytes: total }
  return loaded <= 1 ? { share: loaded } : {}
}

/** What a kind of session calls its things, the newest name first. */
export interface SessionNames {
  readonly windows: readonly string[]
  readonly used: readonly string[]
  readonly counters: readonly string[]
  /** Its ways to ask, the one that streams first. */
  readonly asks: readonly string[]
}

/** A session of the browser's, by the names of its kind and the options that a question of it takes. */
export function foreignSession(
  session: unknown,
  names: SessionNames,
  optionsOf: (question: BrowserQuestion) => ForeignOptions,
): BrowserSession {
  const methodOf = (candidates: readonly string[]): string | undefined =>
    candidates.find((name) => hasMethod(session, name))
  let isDestroyed = false
  return {
    window: () => peekNumber(session, ...names.windows),
    used: () => peekNumber(session, ...names.used),
    async measure(question) {
      const counter = methodOf(names.counters)
      if (counter === undefined) return undefined
      try {
        const told = await callMethod(session, counter, question.prompt, optionsOf(question))
        return typeof told === 'number' && told >= 0 ? told : undefined
      } catch {
        return undefined
      }
    },
    ask: (question) =>
      callMethod(session, methodOf(names.asks) ?? 'prompt', question.prompt, optionsOf(question)),
    destroy() {
      if (isDestroyed) return
      isDestroyed = true
      void callMethod(session, 'destroy').catch(() => {})
    },
  }
}

/** Whether a factory turns these options down, so that it is worth asking with fewer. */
export function isTurnedDown(thrown: unknown): boolean {
  return ['NotSupportedError', 'TypeError', 'RangeError'].includes(String(peek(thrown, 'name')))
}
