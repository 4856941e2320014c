import type { Clock } from '../core/ports/clock.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import { draftOf } from '../core/sync/place-unsent.ts'
import type { Message, Seq } from '../core/session/message.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import { isStandIn, standIn } from '../core/sync/stand-in.ts'
import type { SyncState } from '../core/sync/sync-state.ts'
import type { SyncRecord } from '../core/sync/sync-record.ts'
import type { TakenEntry } from '../core/sync/take-query.ts'
import { createTimers } from './timers.ts'

/** Most messages that are said again for one question; who lacks more asks again. */
const MAX_REPAIRED = 200
/** Longest wait, in milliseconds, before a question is answered: one device that answers is enough. */
const ANSWER_WITHIN_MS = 5_000
/** Most messages that are given up at once. */
const MAX_SKIPPED = 1_000

export interface HoleWatchPorts {
  readonly store: Pick<SessionStore, 'read'>
  readonly clock: Clock
  readonly device: string
  newId(): string
  /** From 0 to 1, at random. */
  spread(): number
  say(record: SyncRecord): Promise<boolean>
  /** Takes a session in from its beginning. Resolves with the ids of messages that are still missing. */
  takeAnew(session: string, entries: readonly TakenEntry[]): Promise<readonly string[]>
}

/** Messages that somebody lacks: those behind `after` up to `to`, and those of the ids. */
interface Question {
  /** Infinity where none but those of the ids are asked for. */
  readonly after: Seq
  readonly to: Seq
  readonly ids: ReadonlySet<string>
  /** Position of the deletion behind which the session began; 0 for none. */
  readonly since: number
}

/** A session that lacks messages. */
interface Lacking {
  readonly row: SessionRow
  /** The newest message that others are known to have. */
  readonly to: Seq
  /** Ids of those of its messages that others name. */
  readonly ids: readonly string[]
}

/** `nothing`: nothing is known to be missing. `unsaid`: not all of it could be said now. */
export type Skipped = 'skipped' | 'nothing' | 'unsaid'

/** Looks after what the remote log has lost: reads it anew, asks those who have it, and answers those who ask. */
export interface HoleWatch {
  /** Entries of a session were delivered, and its row is this one now. */
  heard(session: string, row: SessionRow | undefined, entries: readonly TakenEntry[]): void
  /** The remote log may be read by another way than before: what is lacking may be there. */
  lookAgain(): void
  /** Following begins behind a position. */
  begin(after: number): void
  /** All is read: what was read from its beginning is taken in. */
  mend(): Promise<void>
  /** Position behind which to read once more, because more may be found there than before; undefined if there is none. */
  readAgain(): number | undefined
  /** Says that messages of a session which nobody is known to have are to be gone on without, at most 1,000 of them. */
  skip(session: string): Promise<Skipped>
  /** All is read and taken in: asks and answers. */
  caughtUp(): void
  shut(): void
}

/** Newest message that whoever said something knew, where that was not taken in. */
function knownBy(entry: TakenEntry, { cursor, since = 0 }: SyncState): Seq {
  if (!('record' in entry) || entry.position <= cursor) return 0
  return (entry.record.since ?? 0) === since ? entry.record.confirmed : 0
}

function sinceOf(sync: SyncState | undefined): { readonly since?: number } {
  return sync?.since === undefined ? {} : { since: sync.since }
}

/** The question of whoever has given up a message: whether somebody has it after all. */
function withMissing(
  question: Question | undefined,
  { seq, message, since = 0 }: Extract<SyncRecord, { kind: 'repair' }>,
): Question {
  const { after = Infinity, to = 0, ids = [] } = question?.since === since ? question : {}
  const place = seq > 0 ? { after: Math.min(after, seq - 1), to: Math.max(to, seq) } : { after, to }
  return { ...place, since, ids: new Set([...ids, message.id]) }
}

/** Takes part of a question as answered; undefined if nothing is left of it. */
function withoutAnswered(question: Question, seq: Seq, id: string): Question | undefined {
  const ids = new Set([...question.ids].filter((one) => one !== id))
  const after = question.ids.has(id) ? question.after : Math.max(question.after, seq)
  return after >= question.to && ids.size === 0 ? undefined : { ...question, after, ids }
}

/** @see SPEC.md rules PUMP16, PUMP17, PUMP22 */
export function createHoleWatch(ports: HoleWatchPorts): HoleWatch {
  const { device } = ports
  const timers = createTimers(ports.clock)
  const lacking = new Map<string, Lacking>()
  /** Those of them that are to be read from their beginning. */
  const due = new Set<string>()
  /** Those that are being read from their beginning, with what was read. */
  const reading = new Map<string, TakenEntry[]>()
  const asked = new Map<string, string>()
  const questions = new Map<string, Question>()

  const hear = (session: string, entry: TakenEntry): void => {
    if (!('record' in entry)) return
    const { record } = entry
    const question = questions.get(session)
    if (record.kind === 'repair') {
      if (lacking.has(session) && !reading.has(session)) due.add(session)
      if (isStandIn(record.message)) {
        if (record.by !== device) questions.set(session, withMissing(question, record))
        return
      }
      const left = question && withoutAnswered(question, record.seq, record.message.id)
      if (left) questions.set(session, left)
      else questions.delete(session)
    } else if (record.kind === 'lacking' && record.by !== device) {
      const { confirmed: after, to, since = 0 } = record
      const known = question?.since === since ? question.ids : []
      questions.set(session, { after, to, since, ids: new Set([...known, ...(record.ids ?? [])]) })
    } else if (record.kind === 'deleted') questions.delete(session)
  }

  const ask = async (session: string): Promise<void> => {
    const { row, to = 0, ids = [] } = lacking.get(session) ?? {}
    const confirmed = row?.sync?.confirmed ?? 0
    const what = [confirmed, ...ids].join('\n')
    if ((to <= confirmed && ids.length === 0) || asked.get(session) === what) return
    asked.set(session, what)
    const fields = { session, id: ports.newId(), by: device, confirmed, ...sinceOf(row?.sync) }
    const missing = ids.length === 0 ? {} : { ids: ids.slice(0, MAX_REPAIRED) }
    const question = {
      ...fields,
      kind: 'lacking',
      to: Math.max(to, confirmed),
      ...missing,
    } as const
    if (!(await ports.say(question))) asked.delete(session)
  }

  const sayRepair = (
    session: string,
    sync: SyncState,
    repair: Pick<Extract<SyncRecord, { kind: 'repair' }>, 'seq' | 'message'>,
  ): Promise<boolean> => {
    const fields = { session, id: ports.newId(), by: device, confirmed: 0, ...sinceOf(sync) }
    return ports.say({ ...fields, kind: 'repair', ...repair })
  }

  const answer = async (session: string): Promise<void> => {
    const question = questions.get(session)
    if (!question) return
    const { sync, messages } = await findAsked(ports.store, session, question)
    // It was asked about a session that is gone.
    if (!sync || (sync.since ?? 0) !== question.since) return
    for (const message of messages) {
      // Whoever lacks some does not know the places of others.
      const seq = sync.lacks === undefined ? message.seq : 0
      if (!(await sayRepair(session, sync, { seq, message: draftOf(message) }))) return
    }
  }

  const skip = async (session: string): Promise<Skipped> => {
    const { row, to = 0, ids = [] } = lacking.get(session) ?? {}
    if (!row?.sync) return 'nothing'
    const { confirmed } = row.sync
    const named = ids.map((id) => ({ seq: 0, message: standIn(id) }))
    // Of those that nobody has named it is not known what they are called.
    const length = Math.min(MAX_SKIPPED, Math.max(0, to - confirmed))
    const unnamed = Array.from({ length }, (_, at) => {
      const seq = confirmed + at + 1
      return { seq, message: standIn(`missing ${seq} ${ports.newId()}`) }
    })
    const missing = [...named, ...unnamed].slice(0, MAX_SKIPPED)
    if (missing.length === 0) return 'nothing'
    for (const one of missing) if (!(await sayRepair(session, row.sync, one))) return 'unsaid'
    return 'skipped'
  }

  return {
    skip,
    heard(session, row, entries) {
      for (const entry of entries) hear(session, entry)
      const { sync } = row ?? {}
      if (!row || sync?.lacks === undefined) {
        lacking.delete(session)
        due.delete(session)
        reading.delete(session)
        asked.delete(session)
        return
      }
      const { to = 0, ids = [] } = lacking.get(session) ?? {}
      if (!lacking.has(session)) due.add(session)
      const known = entries.map((one) => knownBy(one, sync))
      lacking.set(session, { row, ids, to: Math.max(to, ...known) })
      reading.get(session)?.push(...entries)
    },
    lookAgain() {
      for (const session of lacking.keys()) due.add(session)
    },
    begin(after) {
      reading.clear()
      for (const session of due) {
        if ((lacking.get(session)?.row.sync?.since ?? 0) >= after) reading.set(session, [])
      }
    },
    async mend() {
      for (const [session, entries] of reading) {
        const ids = await ports.takeAnew(session, entries)
        reading.delete(session)
        due.delete(session)
        const own = lacking.get(session)
        if (own) lacking.set(session, { ...own, ids })
      }
    },
    readAgain() {
      if (due.size === 0) return undefined
      return Math.min(...[...due].map((one) => lacking.get(one)?.row.sync?.since ?? 0))
    },
    caughtUp() {
      for (const session of questions.keys()) {
        if (timers.isRunning(session)) continue
        timers.start(session, ANSWER_WITHIN_MS * ports.spread(), () => {
          // What can't be read or said now is asked for again by those who lack it.
          answer(session).catch(() => {})
        })
      }
      for (const session of lacking.keys()) ask(session).catch(() => asked.delete(session))
    },
    shut() {
      timers.stopAll()
      asked.clear()
    },
  }
}

/** What a question is about, as far as it has its places here. */
async function findAsked(
  store: HoleWatchPorts['store'],
  session: string,
  { after, to, ids }: Question,
): Promise<{ readonly sync: SyncState | undefined; readonly messages: readonly Message[] }> {
  const { session: row, ids: found } = await store.read({
    session,
    ids: [...ids].slice(0, MAX_REPAIRED),
  })
  const { sync } = row ?? {}
  const isHere = (message: Message): boolean => !isStandIn(message)
  const named = found.filter(({ seq }) => seq <= (sync?.confirmed ?? 0)).filter(isHere)
  // Only whoever has the whole of it knows what stands in which place.
  if (!sync || sync.lacks !== undefined || after === Infinity) return { sync, messages: named }
  // What is missing before those may be named by nobody.
  const last = Math.max(to, ...named.map(({ seq }) => seq))
  const most = Math.min(last, after + MAX_REPAIRED)
  if (sync.confirmed < most) return { sync, messages: named }
  const { range } = await store.read({ session, range: { from: after + 1, to: most } })
  const before = new Set(range.map(({ id }) => id))
  const others = named.filter(({ id }) => !before.has(id))
  return { sync, messages: [...range.filter(isHere), ...others] }
}
