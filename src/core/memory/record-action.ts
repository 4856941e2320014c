import { oneLine } from '../compaction/digest-text.ts'
import type { Snapshotted, Write } from '../ports/session-store.ts'
import { ROW_SCHEMA, type SessionRow } from '../session/session-row.ts'
import {
  MEMORY_BOUNDS,
  openActions,
  type ActionOf,
  type MemoryAction,
  type MemoryActionKind,
} from './memory-action.ts'

/** What came of something that a model wanted to do to its memory. */
export type Remembered =
  | { readonly kind: 'done'; readonly action: MemoryAction; readonly session: SessionRow }
  | { readonly kind: 'refused'; readonly reason: string }

export interface Decided {
  readonly writes: readonly Write[]
  readonly outcome: Remembered
}

type Fields<K extends MemoryActionKind> = Omit<
  ActionOf<K>,
  'session' | 'n' | 'schema' | 'by' | 'at' | 'seq' | 'turn' | 'kind'
>

/**
 * Records an action, unless the bounds are reached.
 *
 * @param read - With `notes: 'all'`.
 * @param besides - What else is written with it, in the same transaction.
 * @see SPEC.md rules MEM1, MEM2
 */
export function recordAction<K extends MemoryActionKind>(
  read: Snapshotted,
  kind: K,
  fields: Fields<K>,
  now: number,
  besides: { readonly session?: SessionRow; readonly writes?: readonly Write[] } = {},
): Decided {
  const session = besides.session ?? read.session
  if (!session) return refused('the session does not exist')
  const full = boundReached(read.notes, kind, session.turns)
  if (full !== undefined) return refused(full)
  const action = {
    ...fields,
    session: session.id,
    n: (read.notes.at(-1)?.n ?? 0) + 1,
    schema: ROW_SCHEMA,
    by: 'model',
    at: now,
    seq: session.nextSeq - 1,
    turn: session.turns,
    kind,
  } as unknown as MemoryAction
  return {
    writes: [...(besides.writes ?? []), { table: 'notes', row: action }],
    outcome: { kind: 'done', action, session },
  }
}

/**
 * Stores a fact, or a rule for the person to decide on.
 *
 * @see SPEC.md rules MEM5, MEM6
 */
export function recordText(
  read: Snapshotted,
  kind: 'note' | 'rule-proposal',
  given: string,
  now: number,
): Decided {
  const text = oneLine(given.slice(0, 10_000).toWellFormed())
  if (text === '') return refused('there is no text to store')
  if (text.length > MEMORY_BOUNDS.textLength) {
    return refused(
      `at most ${MEMORY_BOUNDS.textLength} characters, got ${text.length}: say it shorter`,
    )
  }
  const known = openActions(read.notes, kind).find(
    (action) => action.text.toLowerCase() === text.toLowerCase(),
  )
  if (known) return refused(`that is stored already, as action ${known.n}`)
  return recordAction(read, kind, { text, status: 'done' }, now)
}

/** Writes what became of an action, over the row as it is by now. */
export function changeAction(
  { notes }: Snapshotted,
  n: number,
  change: Partial<Pick<ActionOf<'archive'>, 'status' | 'undone' | 'generation'>>,
): { readonly writes: readonly Write[]; readonly outcome: undefined } {
  const action = notes.find((one) => one.n === n)
  const writes: Write[] = action ? [{ table: 'notes', row: { ...action, ...change } }] : []
  return { writes, outcome: undefined }
}

export function refused(reason: string): Decided {
  return { writes: [], outcome: { kind: 'refused', reason } }
}

function boundReached(
  actions: readonly MemoryAction[],
  kind: MemoryActionKind,
  turn: number,
): string | undefined {
  const inTurn = actions.filter((action) => action.turn === turn).length
  if (inTurn >= MEMORY_BOUNDS.actionsPerTurn) {
    return `at most ${MEMORY_BOUNDS.actionsPerTurn} memory actions in one turn`
  }
  if (actions.length >= MEMORY_BOUNDS.actions) {
    return `at most ${MEMORY_BOUNDS.actions} memory actions in one session`
  }
  const most = MOST[kind]
  return openActions(actions, kind).length >= most
    ? `at most ${most} of these at once: undo one first`
    : undefined
}

const MOST: Readonly<Record<MemoryActionKind, number>> = {
  note: MEMORY_BOUNDS.notes,
  'rule-proposal': MEMORY_BOUNDS.proposals,
  pin: MEMORY_BOUNDS.pins,
  unpin: Infinity,
  archive: MEMORY_BOUNDS.archives,
}
