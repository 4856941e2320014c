import type { JsonObject } from './copy-json.ts'

/** Stands where what a person said first is covered. */
const SUMMARISED = '(earlier messages are summarised in a system message)'

/** Many servers lay out messages by a template that refuses any other beginning than a user's. */
export function beginWithUser(messages: readonly JsonObject[]): JsonObject[] {
  const at = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  if (at < 0 || messages[at]?.['role'] === 'user') return [...messages]
  return messages.toSpliced(at, 0, { role: 'user', content: SUMMARISED })
}
