import type { HostSummariser } from '../../src/core/ports/host-summariser.ts'
import type {
  LanguageModel,
  LanguageModelInfo,
  ModelReply,
  ModelRequest,
} from '../../src/core/ports/language-model.ts'

/** A question that any model can be asked. */
export const REQUEST: ModelRequest = {
  system: 'Say what the text is about.',
  prompt: 'The mark was raised twice.',
  maxTokens: 200,
}

export const INFO: LanguageModelInfo = {
  name: 'page:small',
  provider: 'page',
  contextTokens: 4_000,
  slots: 1,
  isLocal: true,
  isConstrained: false,
}

/** A signal that nobody aborts. */
export const NEVER: AbortSignal = new AbortController().signal

type Generate = (
  request: ModelRequest,
  signal: AbortSignal,
  onText?: (text: string) => void,
) => ModelReply | Promise<ModelReply>

/** A model that answers like this, and notes whether it was closed. */
export function modelThat(
  generate: Generate,
  info: LanguageModelInfo = INFO,
): LanguageModel & { readonly closings: number } {
  let closings = 0
  return {
    info,
    get closings() {
      return closings
    },
    generate: async (request, signal, onText) => generate(request, signal as AbortSignal, onText),
    close: async () => void (closings += 1),
  }
}

/** A model that never answers and does not heed its signal; it notes the signals. */
export function hungModel(): LanguageModel & { readonly signals: readonly AbortSignal[] } {
  const signals: AbortSignal[] = []
  const model = modelThat((_, signal) => {
    signals.push(signal)
    return new Promise(() => {})
  })
  return { ...model, signals }
}

/** A host's summariser that does this, whatever comes of it. */
export function summariserThat(
  summarise: (request: ModelRequest, signal: AbortSignal) => unknown,
  options: Partial<Omit<HostSummariser, 'summarise'>> = {},
): HostSummariser {
  return {
    name: 'mine',
    ...options,
    // Nothing of what a host's code answers can be relied on.
    summarise: (request, signal) => summarise(request, signal as AbortSignal) as Promise<string>,
  }
}

export function answered(text: string, isWhole: boolean = true): ModelReply {
  return { kind: 'answered', text, isWhole }
}
