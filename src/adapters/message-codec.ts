import type { Codec } from '../engine/codec.ts'
import { toAnthropic } from './anthropic/anthropic.ts'
import { invalidInput } from './invalid-input.ts'
import { compactWire } from './compact-wire.ts'
import { toDraft } from './message-input.ts'
import { toOpenAi } from './openai/openai.ts'
import { toPlain } from './plain.ts'
import { readToolCalls, writeToolResults, writeTools } from './tool-formats.ts'

/** The known host formats, as the engine takes them. */
export const messageCodec: Codec = {
  writeTools,
  readToolCalls,
  writeToolResults,
  toDraft: (input, at) => compactWire(toDraft(input, at)),
  render(context, format) {
    switch (format) {
      case 'openai':
        return { messages: toOpenAi(context) }
      case 'anthropic':
        return toAnthropic(context)
      case 'plain':
        return { messages: toPlain(context) }
      default:
        return invalidInput(`format must be openai, anthropic or plain, got ${String(format)}`)
    }
  },
}
