import type { Write } from '../../core/ports/session-store.ts'
import { appendToLog, stampDraft } from '../../core/session/append.ts'
import { hashText } from '../../core/session/chain.ts'
import type { Message } from '../../core/session/message.ts'
import { newSession } from '../../core/session/new-session.ts'
import { resolvePolicy } from '../../core/session/policy.ts'
import { NO_DETAILS } from '../../core/session/session-details.ts'
import type { SessionRow } from '../../core/session/session-row.ts'
import type { Conversation } from '../../core/transfer/conversation.ts'
import { growLog, type GrownLog } from '../../core/transfer/grow-log.ts'
import type { ImportedSession } from '../../core/transfer/import-report.ts'
import { completeArrival, findPlace, putArriving, sliceMessages } from './arrival.ts'
import type { ImportLog, TransferPorts } from './transfer-ports.ts'

/**
 * Makes a conversation of a file a session. Its messages are stored in slices under a row that nobody finds; then the
 * row becomes that of the whole session, in one transaction.
 *
 * Its id follows from the name that the file has for it: the same conversation, imported again, is found, and where the
 * file holds more of it by now, the rest is appended.
 *
 * @see SPEC.md rules EXPT15–EXPT17, ARC9–ARC11
 */
export async function storeConversation(
  ports: TransferPorts,
  conversation: Conversation,
  log: ImportLog,
): Promise<ImportedSession> {
  const grown = grow(ports, conversation)
  const { session, messages } = grown
  const content = hashText(
    messages.map(({ id, chain, active }) => `${id} ${chain} ${active}`).join(),
  )
  const slices = [...sliceMessages(messages)]
  const whole = (id: string, birth: string): readonly Write[] => [
    ...messages.map((message) => writeOf(id, message)),
    { table: 'sessions', row: { ...session, id, birth } },
  ]
  const place = await findPlace(
    ports,
    beginOf(grown),
    content,
    (there) => judge(ports, there, grown),
    slices.length > 1 ? undefined : whole,
  )
  if (place.kind === 'stored') {
    log.stored(messages.length)
    return describe(conversation, { row: { ...session, id: place.id }, kind: 'imported' })
  }
  if (place.kind === 'found') {
    return describe(conversation, await goOn(ports, place.found, grown, log))
  }
  const { arrival } = place
  const { id } = arrival
  for (const slice of sliceMessages(messages.slice(arrival.progress))) {
    log.goOn()
    const rows = slice.map((message) => writeOf(id, message))
    if (!(await putArriving(ports.store, arrival, rows))) break
    log.stored(slice.length)
  }
  const isOwn = await completeArrival(ports.store, arrival, session)
  const kind = arrival.isResumed ? 'resumed' : 'imported'
  return describe(conversation, {
    row: { ...session, id },
    kind: isOwn ? kind : 'already-there',
  })
}

function writeOf(session: string, message: Message): Write {
  return { table: 'messages', row: { ...message, session } }
}

function grow({ clock, tokeniser }: TransferPorts, conversation: Conversation): GrownLog {
  const { source, key, title, nodes, current } = conversation
  const first = nodes[0]?.draft
  const named = key || JSON.stringify([title, first?.id, first?.parts])
  const createdAt = conversation.createdAt ?? clock.now()
  const fresh = newSession(idOf(source, named), resolvePolicy(), createdAt)
  const details = { ...NO_DETAILS, title: title.slice(0, 500) }
  let at = createdAt
  const stamped = nodes.map(({ draft, parent }, index) => {
    at = draft.at ?? at
    const stamp = { id: `${index + 1}`, at, count: (text: string) => tokeniser.count(text) }
    return { draft: stampDraft(draft, stamp), parent }
  })
  return growLog({ ...fresh, details }, stamped, current)
}

function idOf(source: string, key: string): string {
  return `${source}-${hashText(`${source} ${key}`).slice(0, 24)}`
}

/** The row of a session whose messages are yet to come. */
function beginOf({ session }: GrownLog): SessionRow {
  const { policy, createdAt } = session
  return { ...newSession(session.id, policy, createdAt), details: session.details ?? NO_DETAILS }
}

/** What a session is that is there. */
interface There {
  readonly row: SessionRow
  /** How many of the messages it has; fewer than all where the file holds more by now. */
  readonly has: number
}

async function judge(
  { store }: TransferPorts,
  row: SessionRow,
  { messages, ends, session }: GrownLog,
): Promise<There | undefined> {
  const newest = row.nextSeq - 1
  if (newest >= messages.length) {
    const isSame = await haveSame(store, row.id, messages, ends)
    return isSame ? { row, has: messages.length } : undefined
  }
  // Only a line is gone on with: in a tree, what is new may stand anywhere.
  if (session.branch > 0 || row.branch > 0 || newest === 0) return undefined
  return (await haveSame(store, row.id, messages, [newest])) ? { row, has: newest } : undefined
}

/** Most messages looked at in one transaction. */
const LOOK = 200

async function haveSame(
  store: TransferPorts['store'],
  id: string,
  messages: readonly Message[],
  seqs: readonly number[],
): Promise<boolean> {
  for (let from = 0; from < seqs.length; from += LOOK) {
    const slice = seqs.slice(from, from + LOOK)
    const { at } = await store.read({ session: id, at: slice })
    if (at.length !== slice.length) return false
    const isSame = at.every(({ seq, chain }) => messages[seq - 1]?.chain === chain)
    if (!isSame) return false
  }
  return true
}

interface Outcome {
  readonly row: SessionRow
  readonly kind: ImportedSession['kind']
  readonly note?: string
}

/** Appends what the file holds by now and did not hold then. */
async function goOn(
  { store, notices }: TransferPorts,
  { row, has }: There,
  { messages }: GrownLog,
  log: ImportLog,
): Promise<Outcome> {
  let newest = row
  for (const slice of sliceMessages(messages.slice(has))) {
    log.goOn()
    const { id, chain } = newest
    const after = await store.commit({ session: id }, ({ session }) => {
      // Somebody went on with it meanwhile: then it has a continuation of its own.
      if (session?.chain !== chain || session.arriving) return { writes: [], outcome: undefined }
      const appended = appendToLog(session, slice)
      const writes = appended.messages.map((message) => writeOf(id, message))
      return {
        writes: [...writes, { table: 'sessions', row: appended.session }],
        outcome: appended.session,
      }
    })
    if (after === undefined) break
    newest = after
    log.stored(slice.length)
  }
  if (newest === row) return { row, kind: 'already-there' }
  notices.post({ session: row.id, kind: 'appended' })
  const added = newest.nextSeq - row.nextSeq
  return { row: newest, kind: 'resumed', note: `${added} messages were new and were appended.` }
}

function describe({ source, title }: Conversation, { row, kind, note }: Outcome): ImportedSession {
  return {
    id: row.id,
    title: row.details?.title || title,
    messages: row.nextSeq - 1,
    tokens: row.tokens.log,
    kind,
    source,
    ...(note === undefined ? {} : { note }),
  }
}
