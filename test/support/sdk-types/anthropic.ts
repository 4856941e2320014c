import type { MessageParam } from '@anthropic-ai/sdk/resources/messages'

/** Messages of the Messages API, as the official client takes them. */
export type SdkAnthropic = MessageParam[]
