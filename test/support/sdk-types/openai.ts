import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'

/** Messages of chat completions, as the official client takes them. */
export type SdkOpenAi = ChatCompletionMessageParam[]
