import type { DrawDialect } from './dialect.ts'
import { aiSdkUi } from './ai-sdk-ui.ts'
import { anthropic } from './anthropic.ts'
import { gemini } from './gemini.ts'
import { ollama } from './ollama.ts'
import { openAi } from './openai.ts'
import { plain } from './plain.ts'
import { responses } from './responses.ts'

/** All that apps speak, by format. */
export const DIALECTS: Readonly<Record<string, DrawDialect>> = {
  openai: openAi,
  anthropic,
  gemini,
  ollama,
  responses,
  'ai-sdk-ui': aiSdkUi,
  plain,
}
