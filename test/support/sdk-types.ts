/** What the official clients take as the messages of a request: schemas are made of these types. */
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages'
import type { Content } from '@google/genai'
import type { Message } from 'ollama'
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import type { ResponseInputItem } from 'openai/resources/responses/responses'

export interface SdkTypes {
  readonly openai: ChatCompletionMessageParam[]
  readonly responses: ResponseInputItem[]
  readonly anthropic: MessageParam[]
  readonly gemini: Content[]
  readonly ollama: Message[]
}
