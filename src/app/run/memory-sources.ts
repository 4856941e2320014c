import type { Session } from '../../client/session.ts'
import type { DigestLine } from '../../core/session/generation.ts'
import type { Message } from '../../core/session/message.ts'
import { digestItems, FACT_SECTIONS, RULE_SECTIONS } from '../view/digest-items.ts'
import type { LogItem } from './message-log.ts'
import type { ItemAction, MemoryItem } from '../view/memory-item.ts'
import { actionOf, noteItems } from '../view/note-items.ts'
import { payloadItems } from '../view/payload-items.ts'

/** One list of the memory panel: where its items come from, and what its buttons do. */
export interface MemorySource {
  readonly key: string
  /** Name of its tab. */
  readonly name: string
  /** What its items are called. */
  readonly many: string
  /** What it would hold, for when there is nothing. */
  readonly empty: string
  /**
   * Reads all items anew.
   *
   * @param items - The log as the page holds it, so that it need not be read again.
   */
  read(session: Session, items: readonly LogItem[]): Promise<readonly MemoryItem[]>
  /**
   * Does what a button says, and resolves to what came of it, as a sentence.
   *
   * @param text - What was typed, for `edit` and `rename`; else empty.
   */
  act(session: Session, item: MemoryItem, action: ItemAction, text: string): Promise<string>
}

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
  {
    key: 'facts',
    name: 'Facts',
    many: 'facts',
    empty: 'Decisions, quotes, facts and the newest state of work come here with the first fold.',
    read: async (session) => digestItems(await readDigest(session), FACT_SECTIONS),
    act: refuse,
  },
  {
    key: 'rules',
    name: 'Rules',
    many: 'rules',
    empty:
      'Standing rules and corrections of the user and the system come here with the first fold.',
    read: async (session) => digestItems(await readDigest(session), RULE_SECTIONS),
    act: refuse,
  },
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

/** The digest of the head; empty while nothing was folded. */
async function readDigest(session: Session): Promise<readonly DigestLine[]> {
  const { generation } = session.state.get()
  return generation === 0 ? [] : (await session.generation(generation)).digest
}

/** Lists whose items have no buttons but `open`, which the list itself answers. */
function refuse(): Promise<string> {
  return Promise.reject(new Error('nothing can be changed here'))
}
