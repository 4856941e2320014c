import type { Context } from '../core/session/context.ts'
import type { WireFormat } from '../core/session/message.ts'
import { toAiSdk } from './ai-sdk/ai-sdk.ts'
import { toAiSdkUi } from './ai-sdk-ui/ai-sdk-ui.ts'
import { toAnthropic } from './anthropic/anthropic.ts'
import { toGemini } from './gemini/gemini.ts'
import { invalidInput } from './invalid-input.ts'
import { toOllama } from './ollama/ollama.ts'
import { toLangChain } from './langchain/langchain.ts'
import { toOpenAi } from './openai/openai.ts'
import { toResponses } from './responses/responses.ts'
import { toPlain } from './plain/plain.ts'
import type { WrittenContext } from './written-context.ts'

const WRITERS: Readonly<Record<WireFormat, (context: Context) => WrittenContext>> = {
  openai: (context) => ({ messages: toOpenAi(context) }),
  responses: (context) => ({ messages: toResponses(context) }),
  anthropic: toAnthropic,
  gemini: toGemini,
  ollama: (context) => ({ messages: toOllama(context) }),
  'ai-sdk': toAiSdk,
  'ai-sdk-ui': (context) => ({ messages: toAiSdkUi(context) }),
  langchain: (context) => ({ messages: toLangChain(context) }),
  plain: (context) => ({ messages: toPlain(context) }),
}

/**
 * Writes a context in a format. Legal there whatever the log holds.
 *
 * @throws BackfoldError `INVALID_INPUT` for a format that is not known.
 */
export function writeContext(context: Context, format: WireFormat): WrittenContext {
  const write = Object.hasOwn(WRITERS, format) ? WRITERS[format] : undefined
  return (
    write?.(context) ??
    invalidInput(`format must be one of ${Object.keys(WRITERS).join(', ')}, got ${String(format)}`)
  )
}
