import { appendToLog, type StampedDraft } from '../core/session/append.ts'
import { BackfoldError } from '../core/backfold-error.ts'
import type { SessionStore, Write } from '../core/ports/session-store.ts'
import type { Message } from '../core/session/message.ts'
import type { SessionRow } from '../core/session/session-row.ts'

/** What one append came to. */
export interface QueuedResult {
  readonly session: SessionRow
  /** The messages in their places; where an id was in the log already, the one that was there. */
  readonly messages: readonly Message[]
}

interface Waiting {
  readonly drafts: readonly StampedDraft[]
  /** Look for these ids first: the call may have been carried out before. */
  readonly repeat: boolean
  resolve(result: QueuedResult): void
  reject(failure: unknown): void
}

/** Most messages in one transaction; beyond this a larger one gains nothing. */
const MAX_GROUP = 256

/** What one transaction of the queue came to. */
export interface Committed {
  readonly session: SessionRow
  /** Messages that were not in the log before. */
  readonly added: readonly Message[]
}

/**
 * Group commit: while one transaction is under way, appends collect, and the next transaction takes
 * them all. Each promise resolves only after its own transaction is complete.
 *
 * @see SPEC.md rules LOG6–LOG8
 */
export function createAppendQueue(
  store: Pick<SessionStore, 'commit'>,
  session: string,
  /** Called once for each transaction, before its promises resolve. */
  onCommitted: (committed: Committed) => void = () => {},
): { append(drafts: readonly StampedDraft[], repeat: boolean): Promise<QueuedResult> } {
  let waiting: Waiting[] = []
  let busy = false

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = takeGroup(waiting)
      waiting = waiting.slice(group.length)
      const done = await commitGroup(store, session, group).catch((failure: unknown) => {
        for (const item of group) item.reject(failure)
      })
      if (!done) continue
      onCommitted(done)
      group.forEach((item, index) => {
        item.resolve({ session: done.session, messages: done.results[index] ?? [] })
      })
    }
    busy = false
  }

  return {
    append: (drafts, repeat) =>
      new Promise((resolve, reject) => {
        waiting.push({ drafts, repeat, resolve, reject })
        if (busy) return
        busy = true
        // In a microtask, so that all appends of one burst share the first transaction too.
        queueMicrotask(() => void drain())
      }),
  }
}

function takeGroup(waiting: readonly Waiting[]): readonly Waiting[] {
  let messages = 0
  const end = waiting.findIndex((item) => (messages += item.drafts.length) > MAX_GROUP)
  return waiting.slice(0, end === -1 ? waiting.length : Math.max(1, end))
}

function firstOfEachId(drafts: readonly StampedDraft[]): readonly StampedDraft[] {
  const ids = new Set<string>()
  return drafts.filter(({ id }) => {
    const isFirst = !ids.has(id)
    ids.add(id)
    return isFirst
  })
}

function commitGroup(
  store: Pick<SessionStore, 'commit'>,
  session: string,
  group: readonly Waiting[],
): Promise<Committed & { readonly results: readonly (readonly Message[])[] }> {
  const ids = group.flatMap((item) => (item.repeat ? item.drafts.map((draft) => draft.id) : []))
  const query = ids.length > 0 ? { session, ids } : { session }
  return store.commit(query, (read) => {
    if (!read.session)
      throw new BackfoldError('SESSION_NOT_FOUND', `session ${session} does not exist`)
    const known = new Map(read.ids.map((message) => [message.id, message]))
    let row = read.session
    const writes: Write[] = []
    const added: Message[] = []
    const results = group.map(({ drafts }): readonly Message[] => {
      const fresh = firstOfEachId(drafts).filter((draft) => !known.has(draft.id))
      const appended = appendToLog(row, fresh)
      row = appended.session
      for (const message of appended.messages) {
        known.set(message.id, message)
        added.push(message)
        writes.push({ table: 'messages', row: { ...message, session } })
      }
      return drafts.flatMap((draft) => known.get(draft.id) ?? [])
    })
    if (writes.length > 0) writes.push({ table: 'sessions', row })
    return { writes, outcome: { session: row, added, results } }
  })
}
