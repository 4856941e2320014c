import type { Message } from '../../core/session/message.ts'
import type { Backfold } from '../../client/session.ts'
import { firstWords, WORDS_KEY, type KeptSession } from './kept-session.ts'

/** Most sessions that get a name at once, and messages that are read for one. */
const MOST_NAMED = 20
const MOST_READ = 6

/**
 * Gives sessions that nobody named their first words as a name, and keeps these with them, so that this is done once.
 * Resolves to how many got one.
 *
 * @see SPEC.md rule KEEP3
 */
export async function nameUntitled(
  backfold: Backfold,
  sessions: readonly KeptSession[],
): Promise<number> {
  const nameless = sessions.filter(({ id, name, messages }) => name === id && messages > 0)
  let named = 0
  for (const { id } of nameless.slice(0, MOST_NAMED)) {
    const session = await backfold.session(id)
    const found = await session.recall({ from: 1, to: MOST_READ })
    const words = found.kind === 'messages' ? wordsOf(found.messages) : ''
    if (words === '') continue
    await session.describe({ host: { [WORDS_KEY]: words } })
    named += 1
  }
  return named
}

/** What the person said first; else what anybody did. */
function wordsOf(messages: readonly Message[]): string {
  const said = messages.map((message) => ({
    role: message.role,
    words: firstWords(textOf(message)),
  }))
  const worded = said.filter(({ words }) => words !== '')
  return (worded.find(({ role }) => role === 'user') ?? worded[0])?.words ?? ''
}

function textOf({ parts }: Message): string {
  return parts.map((part) => (part.type === 'text' ? part.text.slice(0, 2_000) : '')).join(' ')
}
