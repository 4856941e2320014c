import type { LanguageModel, ModelReply, ModelRequest } from '../core/ports/language-model.ts'
import { joinSignals } from './join-signals.ts'
import type { GateRefusal, JobCall, WrapOptions } from './model-gate.ts'

type MakeJob = (
  call: JobCall,
  work: (signal: AbortSignal) => Promise<ModelReply>,
) => Promise<ModelReply | GateRefusal>

/** Characters that count as one token where a call is weighed before it is made. */
const CHARACTERS_PER_TOKEN = 4

/**
 * A model whose calls go through the gate. One that a turn interrupts is asked again from its beginning:
 * whoever listens to its text hears a new, shorter one.
 */
export function wrapModel(
  model: LanguageModel,
  makeJob: MakeJob,
  options: WrapOptions,
): LanguageModel {
  const closing = new AbortController()
  return {
    get info() {
      return model.info
    },
    async generate(request, signal, onText) {
      const ended = joinSignals(signal, closing.signal)
      const call = { ...options, tokens: weigh(request), signal: ended.signal }
      const reply = await makeJob(call, (inner) => {
        if (!onText) return model.generate(request, inner)
        return model.generate(request, inner, (text) => {
          if (!inner.aborted) onText(text)
        })
      })
      ended.release()
      return reply
    },
    async close() {
      closing.abort()
      await model.close()
    },
  }
}

function weigh({ system, prompt, maxTokens }: ModelRequest): number {
  return Math.ceil((system.length + prompt.length) / CHARACTERS_PER_TOKEN) + maxTokens
}
