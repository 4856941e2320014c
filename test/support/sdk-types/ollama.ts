import type { Message } from 'ollama'

/** Messages of Ollama's chat, as the official client takes them. */
export type SdkOllama = Message[]
