import type { Clock } from '../core/ports/clock.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { StampedDraft } from '../core/session/append.ts'
import { draftOf } from '../core/sync/place-unsent.ts'
import type { Seq } from '../core/session/message.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import type { SyncState } from '../core/sync/sync-state.ts'
import type { SyncRecord } from '../core/sync/sync-record.ts'
import type { TakenEntry } from '../core/sync/take-query.ts'
import { createTimers } from './timers.ts'

/** Most messages that are said again for one question; who lacks more asks again. */
const MAX_REPAIRED = 200
/** Longest wait, in milliseconds, before a question is answered: one device that answers is enough. */
const ANSWER_WITHIN_MS = 5_000

export interface HoleWatchPorts {
  readonly store: Pick<SessionStore, 'read'>
  readonly clock: Clock
  readonly device: string
  newId(): string
  /** From 0 to 1, at random. */
  spread(): number
  say(record: SyncRecord): Promise<boolean>
}

/** Messages that somebody lacks: those behind `after` up to `to`. */
interface Question {
  readonly after: Seq
  readonly to: Seq
  /** Position of the deletion behind which the session began; 0 for none. */
  readonly since: number
}

/** Looks after what the remote log has lost: asks those who have it, and answers those who ask. */
export interface HoleWatch {
  /** Entries of a session were delivered, and its row is this one now. */
  heard(session: string, row: SessionRow | undefined, entries: readonly TakenEntry[]): void
  /** Following begins behind a position. */
  begin(after: number): void
  /** What others said again of a session, where all behind its newest entry is being delivered; else undefined. */
  repairsOf(session: string): ReadonlyMap<Seq, StampedDraft> | undefined
  /**
   * All is read: asks and answers. Returns the position behind which to read once more, because what was missing there is
   * known by now; undefined if there is none.
   */
  caughtUp(): number | undefined
  shut(): void
}

function sinceOf(sync: SyncState | undefined): { readonly since?: number } {
  return sync?.since === undefined ? {} : { since: sync.since }
}

const NONE: ReadonlyMap<Seq, StampedDraft> = new Map()

/** Newest message that whoever said something knew, where that was not taken in. */
function knownBy(entry: TakenEntry, { cursor, since = 0 }: SyncState): Seq {
  if (!('record' in entry) || entry.position <= cursor) return 0
  return (entry.record.since ?? 0) === since ? entry.record.confirmed : 0
}

/** @see SPEC.md rules PUMP16, PUMP17 */
export function createHoleWatch(ports: HoleWatchPorts): HoleWatch {
  const { store, device } = ports
  const timers = createTimers(ports.clock)
  /** Sessions that lack messages, with the newest one that others are known to have. */
  const lacking = new Map<string, { readonly row: SessionRow; readonly to: Seq }>()
  /** Those of them of which everything is delivered once more from where it stopped. */
  const reread = new Set<string>()
  const repairs = new Map<string, Map<Seq, StampedDraft>>()
  /** Sessions that were said more of since they were last read. */
  const mended = new Set<string>()
  const asked = new Map<string, Seq>()
  const questions = new Map<string, Question>()

  const hear = (session: string, entry: TakenEntry): void => {
    if (!('record' in entry)) return
    const { record } = entry
    if (record.kind === 'repair') {
      const own = repairs.get(session) ?? new Map<Seq, StampedDraft>()
      // What was heard before, and did not help, is delivered once more with the rest.
      if (own.get(record.seq)?.id !== record.message.id) mended.add(session)
      repairs.set(session, own.set(record.seq, record.message))
      const question = questions.get(session)
      if (!question || record.seq <= question.after) return
      if (record.seq >= question.to) questions.delete(session)
      else questions.set(session, { ...question, after: record.seq })
    } else if (record.kind === 'lacking' && record.by !== device) {
      questions.set(session, { after: record.confirmed, to: record.to, since: record.since ?? 0 })
    } else if (record.kind === 'deleted') {
      questions.delete(session)
      repairs.delete(session)
    }
  }

  const ask = async (session: string): Promise<void> => {
    const { row, to = 0 } = lacking.get(session) ?? {}
    const confirmed = row?.sync?.confirmed ?? 0
    if (to <= confirmed || asked.get(session) === confirmed) return
    asked.set(session, confirmed)
    const fields = { session, id: ports.newId(), by: device, confirmed, ...sinceOf(row?.sync) }
    if (!(await ports.say({ ...fields, kind: 'lacking', to }))) asked.delete(session)
  }

  const answer = async (session: string): Promise<void> => {
    const question = questions.get(session)
    if (!question) return
    const from = question.after + 1
    const to = Math.min(question.to, question.after + MAX_REPAIRED)
    const read = await store.read({ session, range: { from, to } })
    const sync = read.session?.sync
    if (!sync || sync.confirmed < to || sync.lacks !== undefined) return
    // It was asked about a session that is gone.
    if ((sync.since ?? 0) !== question.since) return
    for (const message of read.range) {
      const fields = { session, id: ports.newId(), by: device, confirmed: 0, ...sinceOf(sync) }
      const { seq } = message
      const isSaid = await ports.say({ ...fields, kind: 'repair', seq, message: draftOf(message) })
      if (!isSaid) return
    }
  }

  return {
    heard(session, row, entries) {
      for (const entry of entries) hear(session, entry)
      const { sync } = row ?? {}
      if (row && sync?.lacks !== undefined) {
        const { to = 0 } = lacking.get(session) ?? {}
        lacking.set(session, { row, to: Math.max(to, ...entries.map((one) => knownBy(one, sync))) })
        reread.delete(session)
      } else if (lacking.delete(session)) {
        mended.delete(session)
        asked.delete(session)
      }
      if (!lacking.has(session) && !reread.has(session)) repairs.delete(session)
    },
    begin(after) {
      reread.clear()
      for (const [session, { row }] of lacking) {
        if ((row.sync?.cursor ?? 0) >= after) reread.add(session)
      }
    },
    repairsOf: (session) => (reread.has(session) ? (repairs.get(session) ?? NONE) : undefined),
    caughtUp() {
      for (const session of questions.keys()) {
        if (timers.isRunning(session)) continue
        timers.start(session, ANSWER_WITHIN_MS * ports.spread(), () => {
          // What can't be read or said now is asked for again by those who lack it.
          answer(session).catch(() => {})
        })
      }
      const again = [...lacking].filter(([session]) => mended.has(session))
      mended.clear()
      if (again.length > 0) return Math.min(...again.map(([, { row }]) => row.sync?.cursor ?? 0))
      for (const session of lacking.keys()) ask(session).catch(() => asked.delete(session))
      return undefined
    },
    shut() {
      timers.stopAll()
      asked.clear()
    },
  }
}
