import type { Clock } from '../../src/core/ports/clock.ts'
import type {
  LanguageModelInfo,
  ModelReply,
  ModelRequest,
} from '../../src/core/ports/language-model.ts'
import { systemClock } from '../../src/tabs/system-clock.ts'
import { pageModels } from '../../src/worker/page-models.ts'

/** What a test tells this worker to do; an abort comes after so many milliseconds. */
export type WorkerOrder =
  | { readonly port: MessagePort; readonly infos: readonly LanguageModelInfo[] }
  | { readonly ask: number; readonly request: ModelRequest; readonly abortAfterMs?: number }

/** What came of a question. */
export interface WorkerAnswer {
  readonly reply: ModelReply
  readonly heard: readonly string[]
  readonly info: LanguageModelInfo
}

/** Time that runs ten times as fast, for tests that wait for silence. */
const fastClock: Clock = {
  ...systemClock,
  delay: (delayMs, signal) => systemClock.delay(delayMs / 10, signal),
}

let models: ReturnType<typeof pageModels> = []

async function obey(order: WorkerOrder): Promise<void> {
  if ('port' in order) {
    models = pageModels(order.infos, order.port, fastClock)
    return
  }
  const model = models[order.ask]
  if (!model) throw new Error('there is no such model')
  const over = new AbortController()
  if (order.abortAfterMs !== undefined) setTimeout(() => over.abort(), order.abortAfterMs)
  const heard: string[] = []
  const reply = await model.generate(order.request, over.signal, (text) => void heard.push(text))
  const answer: WorkerAnswer = { reply, heard, info: model.info }
  self.postMessage(answer)
}

self.onmessage = ({ data }: MessageEvent<WorkerOrder>) => void obey(data)
