import type { Session } from '../../client/session.ts'
import type { Message } from '../../core/session/message.ts'
import { actionOf, noteItems } from '../view/note-items.ts'
import { payloadItems } from '../view/payload-items.ts'
import { FACT_SOURCE } from './fact-source.ts'
import type { MemorySource } from './memory-source.ts'
import { PAD_SOURCE } from './pad-source.ts'
import { readDigest } from './read-digest.ts'
import { RULE_SOURCE } from './rule-source.ts'

/** Lists of the memory panel, in the order of their tabs. */
export const MEMORY_SOURCES: readonly MemorySource[] = [
  {
    key: 'payloads',
    name: 'Payloads',
    many: 'stored payloads',
    empty: 'Large tool results and arguments that leave the context are kept here, whole.',
    read: async (session, items) => {
      const [lines, context] = await Promise.all([
        readDigest(session),
        session.context({ format: 'plain', adopt: false }),
      ])
      return payloadItems({ lines, entries: context.entries, log: items, mark: context.mark })
    },
    act: refuse,
  },
  FACT_SOURCE,
  RULE_SOURCE,
  PAD_SOURCE,
  {
    key: 'notes',
    name: 'Notes',
    many: 'notes of the model',
    empty: 'What a model notes, proposes, pins or archives by itself comes here and can be undone.',
    read: async (session) => noteItems(await session.memory()),
    act: async (session, item) => {
      const outcome = await session.undo(actionOf(item))
      return outcome.kind === 'undone' ? outcome.detail : `Not undone: ${outcome.reason}.`
    },
  },
]

/** Most lines of one group whose sources are read together. */
const MOST_LINES = 8

/** The messages behind some lines of the head's digest, ascending, each once. */
export async function readLineSources(
  session: Session,
  lines: readonly string[],
): Promise<readonly Message[]> {
  const found = await Promise.all(
    lines.slice(0, MOST_LINES).map((line) => session.recall({ line })),
  )
  const messages = new Map<number, Message>()
  for (const result of found) {
    if (result.kind !== 'sources') continue
    for (const message of result.messages) messages.set(message.seq, message)
  }
  return [...messages.values()].sort((a, b) => a.seq - b.seq)
}

/** Lists whose items have no buttons but `open`, which the list itself answers. */
function refuse(): Promise<string> {
  return Promise.reject(new Error('nothing can be changed here'))
}
