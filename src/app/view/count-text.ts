import { fullTokens } from './token-format.ts'

/** How many messages, as a person says it. */
export function messagesText(count: number): string {
  return `${fullTokens(count)} ${count === 1 ? 'message' : 'messages'}`
}
