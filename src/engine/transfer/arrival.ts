import { BackfoldError } from '../../core/backfold-error.ts'
import type { Write } from '../../core/ports/session-store.ts'
import type { Message } from '../../core/session/message.ts'
import { birthOf, type SessionRow } from '../../core/session/session-row.ts'
import { sessionGone } from '../bind-store.ts'
import type { TransferPorts } from './transfer-ports.ts'

/** Ids that are tried for one session before the import gives up. */
const MAX_TRIES = 1_000

/** A session that is being imported: nobody finds it before it is whole. */
export interface Arrival {
  readonly id: string
  /** What tells its rows from those of another session of that id. */
  readonly birth: string
  /** Its newest message that is stored already; 0 in a session that has just begun. */
  readonly progress: number
  readonly isResumed: boolean
}

/** Where a session may go: into a place of its own, or nowhere, because it is there. */
export type Place<Found> =
  | { readonly kind: 'free'; readonly arrival: Arrival }
  | { readonly kind: 'stored'; readonly id: string }
  | { readonly kind: 'found'; readonly found: Found }

/**
 * Finds a place for a session: under its id, or under one like it where another session has that. An earlier import of
 * the same that was cut off is gone on with.
 *
 * @param content - The same for the same session, and for no other.
 * @param whole - All rows of a session that fit into one transaction: then it is stored at once.
 * @param judge - What a whole session of an id is to the one that comes; undefined if it is another one.
 * @see SPEC.md rules ARC9–ARC11
 */
export async function findPlace<Found>(
  { store, random }: Pick<TransferPorts, 'store' | 'random'>,
  row: SessionRow,
  content: string,
  judge: (there: SessionRow) => Promise<Found | undefined>,
  whole?: (id: string, birth: string) => readonly Write[],
): Promise<Place<Found>> {
  for (let n = 1; n <= MAX_TRIES; n += 1) {
    const id = n === 1 ? row.id : `${row.id}-${n}`
    const { session } = await store.read({ session: id })
    if (session?.arriving === content) {
      const birth = birthOf(session)
      const progress = await findProgress(store, session)
      return { kind: 'free', arrival: { id, birth, progress, isResumed: progress > 0 } }
    }
    if (session !== undefined) {
      const found = session.arriving === undefined ? await judge(session) : undefined
      if (found !== undefined) return { kind: 'found', found }
      continue
    }
    const birth = `import-${random.id()}`
    const arriving: SessionRow = { ...row, id, birth, arriving: content }
    const rows = whole?.(id, birth) ?? [{ table: 'sessions', row: arriving } as const]
    const tables = [...new Set(rows.map(({ table }) => table))]
    const isTaken = await store.commit({ session: id, writes: tables }, (read) =>
      read.session ? { writes: [], outcome: true } : { writes: rows, outcome: false },
    )
    if (!isTaken && whole) return { kind: 'stored', id }
    if (!isTaken) return { kind: 'free', arrival: { id, birth, progress: 0, isResumed: false } }
    // Somebody was faster: what is there now is looked at again.
    n -= 1
  }
  throw new BackfoldError('INVALID_INPUT', `there are too many sessions like ${row.id} already`)
}

/** The newest message stored: they are stored in order, so that half of the rest is ruled out with each look. */
async function findProgress(
  store: TransferPorts['store'],
  { id, nextSeq }: SessionRow,
): Promise<number> {
  let low = 0
  let high = Math.max(nextSeq, 1) - 1
  if (nextSeq <= 1) {
    // How long it will be is not known: look ever further.
    high = 1
    while ((await store.read({ session: id, at: [high] })).at.length > 0) high *= 2
  }
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const { at } = await store.read({ session: id, at: [middle] })
    if (at.length > 0) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * Stores rows of an arrival. Once it is whole it belongs to whoever uses it, and once it is taken away to nobody.
 *
 * @returns False if it is not arriving any more; then nothing was written.
 * @see SPEC.md rule ARC9
 */
export async function putArriving(
  store: TransferPorts['store'],
  { id, birth }: Arrival,
  rows: readonly Write[],
): Promise<boolean> {
  const writes = [...new Set(rows.map(({ table }) => table))]
  return store.commit({ session: id, birth, writes }, ({ session }) => {
    const isArriving = session?.arriving !== undefined
    return { writes: isArriving ? rows : [], outcome: isArriving }
  })
}

/** Removes an arrival with all that came of it, unless it is whole by now, or its id is another session's. */
export async function takeBackArrival(
  store: TransferPorts['store'],
  { id, birth }: Arrival,
): Promise<void> {
  const isMeant = (row: SessionRow): boolean => row.arriving !== undefined && birthOf(row) === birth
  await store.remove(id, undefined, isMeant)
}

/**
 * Makes an arrival a session that everybody finds, in one transaction.
 *
 * @returns False if another import of the same has done so.
 * @throws BackfoldError `SESSION_NOT_FOUND` if it was taken away.
 */
export async function completeArrival(
  store: TransferPorts['store'],
  { id, birth }: Arrival,
  row: SessionRow,
  others: readonly Write[] = [],
): Promise<boolean> {
  const { arriving, removed, ...whole } = row
  void arriving
  void removed
  const tables = ['sessions', ...others.map(({ table }) => table)] as const
  const done = await store.commit({ session: id, birth, writes: tables }, (read) => {
    if (!read.session) return { writes: [], outcome: undefined }
    if (read.session.arriving === undefined) return { writes: [], outcome: false }
    const revision = Math.max(row.revision, read.session.revision + 1)
    const own = { ...whole, id, birth, revision }
    return { writes: [...others, { table: 'sessions', row: own }], outcome: true }
  })
  if (done === undefined) throw sessionGone(id)
  return done
}

/** Most characters of messages that are stored in one transaction, and most messages. */
const SLICE_LENGTH = 1_000_000
const SLICE_MESSAGES = 256

/** Cuts messages into slices for one transaction each. */
export function* sliceMessages(messages: readonly Message[]): Generator<readonly Message[]> {
  let slice: Message[] = []
  let length = 0
  for (const message of messages) {
    slice.push(message)
    length += lengthOf(message)
    if (length < SLICE_LENGTH && slice.length < SLICE_MESSAGES) continue
    yield slice
    slice = []
    length = 0
  }
  if (slice.length > 0) yield slice
}

function lengthOf({ parts }: Message): number {
  return parts.reduce((sum, part) => {
    if (part.type === 'tool-call') return sum + part.input.length
    if (part.type === 'tool-result') return sum + part.output.length
    if (part.type === 'text' || part.type === 'reasoning') return sum + part.text.length
    return sum + ('url' in part ? part.url.length : 0)
  }, 200)
}
