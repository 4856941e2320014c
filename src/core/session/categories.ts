import type { Categories } from './context.ts'
import type { Draft } from './message.ts'

export const NO_TOKENS: Categories = { pinned: 0, digest: 0, user: 0, assistant: 0, tools: 0 }

/** What a message's tokens are spent on. System messages count as the user's: a host wrote them. */
export function categoryOf(message: Pick<Draft, 'role' | 'parts'>): keyof Categories {
  if (message.parts.some((part) => part.type === 'tool-result')) return 'tools'
  return message.role === 'assistant' ? 'assistant' : 'user'
}

export function addCategories(
  sums: Categories,
  category: keyof Categories,
  tokens: number,
): Categories {
  return { ...sums, [category]: sums[category] + tokens }
}

/** Tokens of a context over all categories. */
export function sumCategories(sums: Categories): number {
  return sums.pinned + sums.digest + sums.user + sums.assistant + sums.tools
}
