import { MLCEngine, ModelType } from '@mlc-ai/web-llm'
import type { LocalModel } from '../../src/core/models/local-model.ts'
import type { WebLlmPackage } from '../../src/models/webllm/mlc-engine.ts'

/** What the part of web-llm that talks to the GPU does, as a test wants it. */
export interface PipelineScript {
  tokens: readonly string[]
  /** Milliseconds of each step. */
  stepMs?: number
  /** Fails there, once. */
  throwIn?: 'prefill' | 'decode' | undefined
  /** Runs in the middle of reading the question. */
  onPrefill?: () => void
}

/** What the pipeline was told. */
export interface PipelineLog {
  readonly prefills: string[]
  readonly configs: PipelineConfig[]
  stops: number
}

interface PipelineConfig {
  readonly max_tokens?: number | null
  readonly temperature?: number | null
  readonly response_format?: { readonly type?: string; readonly schema?: string } | null
}

const TEMPLATE = {
  name: 'chatml',
  system_template: '<|im_start|>system\n{system_message}<|im_end|>\n',
  system_message: '',
  roles: { user: '<|im_start|>user', assistant: '<|im_start|>assistant' },
  role_templates: { user: '{user_message}', assistant: '{assistant_message}' },
  seps: ['<|im_end|>\n'],
  role_content_sep: '\n',
  role_empty_sep: '\n',
  stop_str: [],
  stop_token_ids: [2],
}

/** The slice of web-llm's pipeline that its engine calls. */
class FakePipeline {
  readonly #script: PipelineScript
  readonly #log: PipelineLog
  #conversation: Record<string, unknown> = {
    config: TEMPLATE,
    messages: [],
    isTextCompletion: false,
  }
  #told = 0
  #isStopped = true
  #finish: 'stop' | 'length' | 'abort' | undefined

  constructor(script: PipelineScript, log: PipelineLog) {
    this.#script = script
    this.#log = log
  }

  async #step(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#script.stepMs ?? 0))
  }

  #throwIn(step: 'prefill' | 'decode'): void {
    if (this.#script.throwIn !== step) return
    this.#script.throwIn = undefined
    throw new Error(`boom in ${step}`)
  }

  #emit(config: PipelineConfig | undefined): void {
    this.#told += 1
    const most = config?.max_tokens ?? Infinity
    if (this.#told >= this.#script.tokens.length) this.#end('stop')
    else if (this.#told >= most) this.#end('length')
  }

  #end(finish: 'stop' | 'length' | 'abort'): void {
    this.#isStopped = true
    this.#finish = finish
  }

  async prefillStep(
    input: unknown,
    _role: unknown,
    _name: unknown,
    config: PipelineConfig | undefined,
  ): Promise<void> {
    this.#log.prefills.push(String(input))
    if (config) this.#log.configs.push(config)
    this.#told = 0
    this.#isStopped = false
    this.#finish = undefined
    await this.#step()
    this.#script.onPrefill?.()
    this.#throwIn('prefill')
    this.#emit(config)
  }

  async decodeStep(config: PipelineConfig | undefined): Promise<void> {
    await this.#step()
    if (this.#told >= 2) this.#throwIn('decode')
    this.#emit(config)
  }

  triggerStop(): void {
    this.#log.stops += 1
    if (!this.#isStopped) this.#end('abort')
  }

  stopped = (): boolean => this.#isStopped
  getMessage = (): string => this.#script.tokens.slice(0, this.#told).join('')
  getFinishReason = (): string | undefined => this.#finish
  getConversationObject = (): unknown => this.#conversation
  setConversation(conversation: Record<string, unknown>): void {
    this.#conversation = conversation
  }
  resetChat(): void {}
  setSeed(): void {}
  dispose(): void {}
  async sync(): Promise<void> {}
  getSupportedInputKinds = (): ReadonlySet<string> => new Set(['text'])
  getTokenLogprobArray = (): readonly never[] => []
  getCurRoundCompletionTotalTokens = (): number => this.#told
  getCurRoundDecodingTotalTokens = (): number => Math.max(0, this.#told - 1)
  getCurRoundPrefillTotalTokens = (): number => 7
  getCurRoundPrefillTotalTime = (): number => 0.01
  getCurRoundDecodingTotalTime = (): number => 0.01
  getCurRoundPrefillTokensPerSec = (): number => 700
  getCurRoundDecodingTokensPerSec = (): number => 100
  getCurRoundGrammarInitTotalTime = (): number => 0
  getCurRoundGrammarPerTokenTotalTime = (): number => 0
  getCurRoundLatencyBreakdown = (): object => ({})
}

/** The lock that the engine takes for each request. */
class FakeLock {
  readonly #waiting: (() => void)[] = []
  #isTaken = false

  async acquire(): Promise<void> {
    if (!this.#isTaken) this.#isTaken = true
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  async release(): Promise<void> {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#isTaken = false
  }
}

/** Members of the engine that its package keeps to itself, and that hold a loaded model. */
interface EngineInsides {
  readonly loadedModelIdToPipeline: Map<string, unknown>
  readonly loadedModelIdToChatConfig: Map<string, unknown>
  readonly loadedModelIdToModelType: Map<string, unknown>
  readonly loadedModelIdToLock: Map<string, unknown>
  getLLMStates(name: string, id: string | undefined): readonly [string, unknown, unknown]
}

/**
 * The real package, whose engine "loads" a fake pipeline instead of a model: requests, checks, locks, streams and
 * interrupts are its own. Names of its insides are used, which only a pinned version allows.
 */
export function createFakePackage(
  script: PipelineScript,
  log: PipelineLog,
  contextTokens: LocalModel['contextTokens'] = 4_096,
): WebLlmPackage {
  class EngineWithoutGpu extends MLCEngine {
    override reload = async (ids: string | string[]): Promise<void> => {
      await this.unload()
      const id = typeof ids === 'string' ? ids : (ids[0] ?? '')
      const insides = this as unknown as EngineInsides
      const pipeline = new FakePipeline(script, log)
      const config = { conv_template: TEMPLATE, context_window_size: contextTokens, vocab_size: 10 }
      insides.loadedModelIdToPipeline.set(id, pipeline)
      insides.loadedModelIdToChatConfig.set(id, config)
      insides.loadedModelIdToModelType.set(id, ModelType.LLM)
      insides.loadedModelIdToLock.set(id, new FakeLock())
      const getStates = insides.getLLMStates.bind(this)
      // The package asks whether a pipeline is of its own class.
      insides.getLLMStates = (name, wanted) =>
        insides.loadedModelIdToPipeline.size === 0 || (wanted !== undefined && wanted !== id)
          ? getStates(name, wanted)
          : [id, pipeline, config]
    }
  }
  return { MLCEngine: EngineWithoutGpu }
}
