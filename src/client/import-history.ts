import { createUniqueIds } from '../adapters/call-ids.ts'
import { toDrafts } from '../adapters/message-input.ts'
import { readHistory, type HistorySource } from '../adapters/history/read-history.ts'
import { BackfoldError } from '../core/backfold-error.ts'
import { contentHash, hashText } from '../core/session/chain.ts'
import type { MessageInput } from '../protocol/requests.ts'
import type { Imported, ImportOptions, Session } from './session.ts'

/** Messages appended or read back at once: others want to append in between. */
const SLICE = 100

/** A message as it is appended, and how it is known again. */
interface Arriving {
  readonly message: MessageInput
  readonly id: string
  readonly hash: string
}

/**
 * Repairs a history and appends it to a session that has no other messages.
 *
 * Every message gets an id that follows from its place and its content. So an import that was cut off
 * goes on where it stopped when it is repeated, and one that is complete appends nothing.
 *
 * @see SPEC.md rules HEAL16, HEAL17
 */
export async function importHistory(
  source: HistorySource,
  { session: id, title, openCalls }: ImportOptions,
  open: (id: string) => Promise<Session>,
): Promise<Imported> {
  const history = await readHistory(source, openCalls === undefined ? {} : { openCalls })
  const arriving = identify(history.messages)
  const session = await open(id ?? `import-${hashOf(arriving)}`)
  const { newest } = session.state.get()
  await expectOwn(session, newest, arriving)
  for (let from = newest; from < arriving.length; from += SLICE) {
    const slice = arriving.slice(from, from + SLICE)
    const { seqs } = await session.append(...slice.map(({ message }) => message))
    if (seqs.some((seq, i) => seq !== from + i + 1)) refuse(session, 'got other messages meanwhile')
  }
  return {
    session,
    title: title ?? history.title,
    messages: arriving.length,
    repairs: history.repairs,
    flags: history.flags,
  }
}

/** The same for the same history, so that an import which was cut off finds its session again. */
function hashOf(arriving: readonly Arriving[]): string {
  return hashText(arriving.map(({ hash }) => hash).join()).slice(0, 24)
}

/** Ids of the host stay; they are unique after repairing, and ours give way to them. */
function identify(messages: readonly MessageInput[]): readonly Arriving[] {
  const unique = createUniqueIds()
  for (const { id } of messages) if (id !== undefined) unique.issue(id)
  const drafts = toDrafts(messages)
  return messages.map((message, i) => {
    const draft = drafts[i]
    const hash = draft === undefined ? '' : contentHash(draft)
    const id = message.id ?? unique.issue(`import-${i + 1}-${hash.slice(0, 12)}`)
    return { message: { ...message, id }, id, hash }
  })
}

/** Throws unless the log is the beginning of what is imported, or empty. */
async function expectOwn(
  session: Session,
  newest: number,
  arriving: readonly Arriving[],
): Promise<void> {
  for (let from = 1; from <= newest; from += SLICE) {
    const to = Math.min(newest, from + SLICE - 1)
    const found = await session.recall({ from, to })
    const messages = found.kind === 'messages' ? found.messages : []
    const own = messages.every(({ id, hash, seq }) => {
      const expected = arriving[seq - 1]
      return expected?.id === id && expected.hash === hash
    })
    if (!own) refuse(session, 'has messages already')
  }
}

function refuse({ id }: Session, what: string): never {
  throw new BackfoldError(
    'INVALID_INPUT',
    `session ${id} ${what}: a history is imported into a session of its own`,
  )
}
