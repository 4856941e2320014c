import type { AbortSignalLike } from '../../src/core/ports/abort-signal-like.ts'
import type {
  LanguageModel,
  LanguageModelInfo,
  ModelReply,
  ModelRequest,
} from '../../src/core/ports/language-model.ts'

export interface AskedModel extends LanguageModel {
  /** Calls that have not been answered, the oldest first. */
  readonly open: readonly OpenCall[]
  readonly asked: number
  readonly isClosed: boolean
}

export interface OpenCall {
  readonly request: ModelRequest
  readonly signal: AbortSignalLike
  say(text: string): void
  end(reply: ModelReply): void
}

export const ANSWER: ModelReply = { kind: 'answered', text: 'so it is', isWhole: true }

/** A model that answers when a test says so, and `aborted` at once when its signal is aborted. */
export function createAskedModel(info: Partial<LanguageModelInfo> = {}): AskedModel {
  const open: OpenCall[] = []
  let asked = 0
  let isClosed = false
  return {
    info: {
      name: 'model',
      provider: 'provider',
      contextTokens: 8_192,
      slots: 1,
      isLocal: false,
      isConstrained: false,
      ...info,
    },
    get open() {
      return open
    },
    get asked() {
      return asked
    },
    get isClosed() {
      return isClosed
    },
    generate: (request, signal, onText) =>
      new Promise((resolve) => {
        asked += 1
        const call: OpenCall = {
          request,
          signal,
          say: (text) => onText?.(text),
          end(reply) {
            const at = open.indexOf(call)
            if (at >= 0) open.splice(at, 1)
            resolve(reply)
          },
        }
        const abort = (): void => call.end({ kind: 'failed', code: 'aborted', reason: 'aborted' })
        open.push(call)
        if (signal.aborted) abort()
        else signal.addEventListener('abort', abort, { once: true })
      }),
    close: async () => {
      isClosed = true
    },
  }
}
