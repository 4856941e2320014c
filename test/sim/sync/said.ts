import { createHash } from 'node:crypto'
import type { RemoteEntry } from '../../../src/core/ports/remote-log.ts'
import type { SyncRecord } from '../../../src/core/sync/sync-record.ts'

/** A message as the remote log has it. */
interface SaidMessage {
  readonly id: string
  readonly hash: string
  isActive: boolean
}

interface SaidGeneration {
  readonly mark: number
  readonly coverage: string
  /** The generation that it was built on. */
  readonly base: string
}

/** What a remote log says of one session: the checker's own reading of it, which shares no line with the core. */
export interface SaidSession {
  readonly log: SaidMessage[]
  readonly generations: Map<string, SaidGeneration>
  /** Generation that is the head; empty for none. */
  head: string
  /** Record that the next head has to name. */
  headRecord: string
  /** Heads that were refused, because others had been faster or the log was another one. */
  refused: number
}

/** Kinds of records from which nothing follows for a session, as long as nothing of it is lost. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['claim', 'lacking', 'repair'])

/** Reads a remote log from its beginning. What is no record, or stands where it does not belong, says nothing. */
export function readSaid(entries: readonly RemoteEntry[]): {
  readonly sessions: ReadonlyMap<string, SaidSession>
  /** Ids of all messages that were ever said, of sessions that are gone too. */
  readonly messages: ReadonlySet<string>
} {
  const sessions = new Map<string, SaidSession>()
  const messages = new Set<string>()
  /** The newest deletion of each: said twice, it is said once. */
  const deletions = new Map<string, string>()
  for (const entry of entries) {
    const record = parse(entry)
    if (!record) continue
    if (record.kind === 'message') messages.add(record.message.id)
    if (record.kind === 'deleted') {
      if (deletions.get(record.session) !== record.id) sessions.delete(record.session)
      deletions.set(record.session, record.id)
    } else if (!SAYS_NOTHING.has(record.kind)) {
      const own = sessions.get(record.session) ?? emptySession()
      sessions.set(record.session, own)
      say(own, record)
    }
  }
  return { sessions, messages }
}

export function parse({ bytes, id }: RemoteEntry): SyncRecord | undefined {
  const said = JSON.parse(new TextDecoder().decode(bytes)) as Partial<SyncRecord>
  return said.kind !== undefined && said.id === id ? (said as SyncRecord) : undefined
}

function emptySession(): SaidSession {
  return { log: [], generations: new Map(), head: '', headRecord: '', refused: 0 }
}

function say(session: SaidSession, record: SyncRecord): void {
  const { log, generations } = session
  if (record.kind === 'message') {
    const { id, hash } = record.message
    if (!log.some((message) => message.id === id)) log.push({ id, hash, isActive: true })
  } else if (record.kind === 'branch') {
    const after = record.after === '' ? -1 : log.findIndex(({ id }) => id === record.after)
    const through = log.findIndex(({ id }) => id === record.through)
    if ((after === -1 && record.after !== '') || through === -1) return
    for (const message of log.slice(after + 1, through + 1)) message.isActive = false
    const before = session.head
    while (session.head !== '' && !covers(session, session.head)) {
      session.head = generations.get(session.head)?.base ?? ''
    }
    if (session.head !== before) session.headRecord = session.head
  } else if (record.kind === 'generation') {
    const { mark, coverage } = record.generation
    const isValid = record.parent === session.headRecord && chainAt(log, mark) === coverage
    if (!isValid) {
      session.refused += 1
      return
    }
    generations.set(record.id, { mark, coverage, base: session.head })
    session.head = record.id
    session.headRecord = record.id
  } else if (record.kind === 'rollback') {
    const isKnown = record.to === '' || covers(session, record.to)
    if (record.parent !== session.headRecord || !isKnown) {
      session.refused += 1
      return
    }
    session.head = record.to
    session.headRecord = record.id
  }
}

function covers({ log, generations }: SaidSession, id: string): boolean {
  const generation = generations.get(id)
  return generation !== undefined && chainAt(log, generation.mark) === generation.coverage
}

/** Chain hash at an active message; undefined where there is none. */
function chainAt(log: readonly SaidMessage[], seq: number): string | undefined {
  if (!log[seq - 1]?.isActive) return undefined
  let chain = ''
  for (const { hash, isActive } of log.slice(0, seq)) {
    if (isActive)
      chain = createHash('sha256')
        .update(chain + hash)
        .digest('hex')
  }
  return chain
}
