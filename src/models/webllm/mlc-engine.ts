import type { ChatCompletionRequestStreaming, MLCEngine } from '@mlc-ai/web-llm'
import type { GpuDevice } from '../../core/models/choose-model.ts'
import type { LoadReport } from '../../core/models/load-progress.ts'
import type { LocalModel } from '../../core/models/local-model.ts'
import type { EngineAnswer, EngineReply, EngineRequest, LocalEngine } from './local-engine.ts'
import { toAppConfig } from './model-record.ts'
import { toEngineFailure } from './watch-call.ts'

/** The one class of the package that is used. */
export interface WebLlmPackage {
  readonly MLCEngine: new (
    ...options: ConstructorParameters<typeof MLCEngine>
  ) => Pick<MLCEngine, 'reload' | 'chat' | 'interruptGenerate'>
}

export interface MlcEngineDeps {
  /** Imports the package: 6 MB of code, so only when a model is loaded. */
  readonly importPackage: () => Promise<WebLlmPackage>
  readonly probe: () => Promise<GpuDevice>
  readonly isCached: (model: LocalModel) => Promise<boolean>
  readonly remove: (model: LocalModel) => Promise<void>
}

/** Imports web-llm, which a bundler puts into a file of its own. */
export function importWebLlm(): Promise<WebLlmPackage> {
  return import('@mlc-ai/web-llm')
}

/** Little chance, for summaries, but not none: without any a small model repeats itself. */
const TEMPERATURE = 0.2

/** web-llm's engine behind the narrow port. Runs in the thread that the model runs in. */
export function createMlcEngine(deps: MlcEngineDeps): LocalEngine {
  let engine: InstanceType<WebLlmPackage['MLCEngine']> | undefined
  let isInterrupted = false

  const load = async (model: LocalModel, onReport: (report: LoadReport) => void): Promise<void> => {
    const { MLCEngine: Engine } = await deps.importPackage()
    engine = new Engine({
      appConfig: toAppConfig(model),
      initProgressCallback: onReport,
      logLevel: 'SILENT',
    })
    await engine.reload(model.id)
  }

  const generate = async (
    request: EngineRequest,
    onDelta: (delta: string) => void,
  ): Promise<EngineAnswer> => {
    if (!engine) throw new Error('no model is loaded')
    isInterrupted = false
    const chunks = await engine.chat.completions.create(toCompletion(request))
    let text = ''
    let finish: string | undefined
    let usage: EngineAnswer['usage']
    for await (const chunk of chunks) {
      // An interrupt that came before the request had the engine is forgotten: it is told again.
      if (isInterrupted) await engine.interruptGenerate()
      const [choice] = chunk.choices
      const delta = choice?.delta.content ?? ''
      if (delta) {
        text += delta
        onDelta(delta)
      }
      finish = choice?.finish_reason ?? finish
      if (chunk.usage) {
        usage = { input: chunk.usage.prompt_tokens, output: chunk.usage.completion_tokens }
      }
    }
    if (finish !== 'stop' && finish !== 'length' && finish !== 'abort') {
      throw new Error(`the answer ended without a known reason: ${finish}`)
    }
    return { text, finish, ...(usage && { usage }) }
  }

  return {
    probe: deps.probe,
    isCached: deps.isCached,
    load: (model, onReport) => toEngineReply(() => load(model, onReport)),
    generate: (request, onDelta) => toEngineReply(() => generate(request, onDelta)),
    interrupt() {
      isInterrupted = true
      void engine?.interruptGenerate()
    },
    remove: (model) => toEngineReply(() => deps.remove(model)),
  }
}

/** A system text is the first message if there is one; an answer is bounded and held to a schema in this form only. */
function toCompletion({
  system,
  prompt,
  schema,
  maxTokens,
}: EngineRequest): ChatCompletionRequestStreaming {
  return {
    messages: [
      ...(system ? [{ role: 'system', content: system } as const] : []),
      { role: 'user', content: prompt },
    ],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: maxTokens,
    temperature: TEMPERATURE,
    ...(schema !== undefined && { response_format: { type: 'json_object', schema } }),
  }
}

async function toEngineReply<T>(work: () => Promise<T>): Promise<EngineReply<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (failure) {
    return { ok: false, failure: toEngineFailure(failure) }
  }
}
