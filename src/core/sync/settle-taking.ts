import type { Snapshotted, Write } from '../ports/session-store.ts'
import { assembleContext } from '../session/assemble.ts'
import { startProbation, type Probation } from '../compaction/probation.ts'
import { addCategories, categoryOf } from '../session/categories.ts'
import type { Categories } from '../session/context.ts'
import type { Generation } from '../session/generation.ts'
import { startsTurn, type Message, type Seq } from '../session/message.ts'
import { holdJobs, moveHead } from '../session/rollback.ts'
import { reviseSession, type SessionRow } from '../session/session-row.ts'
import type { LogLine } from './log-line.ts'
import { mapGeneration, mapSession, type MapSeq } from './map-seqs.ts'
import { branchMarks, headMark, reissue, rowMark } from './marks.ts'
import { placeUnsent } from './place-unsent.ts'
import { mapRow } from './row-tables.ts'
import { drop, newestHolding, type Taking } from './taking.ts'

/** A session after entries were taken in, and the writes besides its row. */
export interface Settled {
  readonly session: SessionRow
  readonly writes: readonly Write[]
  /** Whether provisional messages have other places. */
  readonly moved: boolean
}

/** The session where all messages keep their places. */
export function settleConfirmed(taking: Taking, session: SessionRow): Settled {
  const row = reviseSession(session, detailsFields(taking))
  return { session: row, writes: taking.rows.writes(), moved: false }
}

/** The session with messages of others at its end. */
export function settleAppended(taking: Taking, session: SessionRow): Settled {
  const { line } = taking
  const end = line.end()
  const isPinnedHere = rowMark(taking.unsent, 'session', 'pins') !== undefined
  const row = reviseSession(session, {
    ...detailsFields(taking),
    nextSeq: end.seq + 1,
    chain: end.chain,
    messages: end.active,
    pins: isPinnedHere ? session.pins : line.pins(),
    ...countFields(taking, session),
    tokens: { log: end.through, context: contextWith(session, taking.added) },
  })
  return {
    session: row,
    writes: [...messageWrites(line, [], session.id), ...taking.rows.writes()],
    moved: false,
  }
}

/**
 * The session with what is provisional placed anew on top of what the remote log has settled; undefined if the whole log is
 * needed, and only its end is there.
 */
export function settleAnew(
  taking: Taking,
  read: Snapshotted,
  session: SessionRow,
  isWhole: boolean,
): Settled | undefined {
  const left = [...taking.provisional.values()].filter(({ id }) => !taking.line.find(id))
  const { line, branches } = placeUnsent(taking.line, left, branchMarks(taking.unsent))
  taking.unsent = taking.unsent.flatMap((mark) =>
    mark.kind === 'branch' ? (branches.find(({ id }) => id === mark.id) ?? []) : mark,
  )
  const places = new Map<Seq, Seq>()
  for (const { id, seq } of taking.provisional.values()) places.set(seq, line.find(id)?.seq ?? seq)
  const firstMoved = [...places].find(([before, now]) => before !== now)?.[0] ?? Infinity
  const map: MapSeq = (seq) => places.get(seq) ?? seq
  const moved = firstMoved < Infinity
  if (moved) renumber(taking, session, map)
  if (rowMark(taking.unsent, 'session', 'pins')) line.pin(session.pins.map(map))
  // Among the system messages that a session begins with may be others now, which are pinned or not.
  if (!isWhole && line.pins().join() !== session.pins.map(map).join()) return undefined
  const end = line.end()
  const row = reviseSession(session, {
    ...detailsFields(taking),
    ...countFields(taking, session),
    ...(moved ? mapSession(session, map) : {}),
    nextSeq: end.seq + 1,
    chain: end.chain,
    messages: end.active,
    pins: line.pins(),
    tokens: { log: end.through, context: contextWith(session, taking.added) },
  })
  const messages = messageWrites(line, read.range, session.id)
  if (!isWhole) {
    const writes = [...messages, ...taking.rows.writes(), ...generationWrites(taking, read)]
    return { session: row, writes, moved }
  }
  const covered = Math.max(session.mark, read.openJob?.mark ?? 0, read.candidate?.mark ?? 0)
  const headed = settleHead(taking, read, row, line, firstMoved <= covered)
  return {
    session: headed.session,
    writes: [...messages, ...taking.rows.writes(), ...headed.writes],
    moved,
  }
}

/** Rows and stubs name provisional messages by their new places. */
function renumber(taking: Taking, { sync }: SessionRow, map: MapSeq): void {
  const { rows, generations } = taking
  for (const mark of taking.unsent) {
    if (mark.kind !== 'row' || mark.table === 'session') continue
    const row = rows.get(mark.table, mark.key)
    if (row) rows.put(mapRow(row, map))
  }
  const confirmed = sync?.confirmed ?? 0
  for (const [n, generation] of generations) {
    // What others know of names confirmed messages only.
    const isOurs = generation.record === undefined
    if (isOurs && generation.stubs.some(({ seq }) => seq > confirmed)) {
      generations.set(n, mapGeneration(generation, map))
    }
  }
}

/** The head here: ours if it is still on its way and covers what it says, else that of the remote log. */
function settleHead(
  taking: Taking,
  read: Snapshotted,
  session: SessionRow,
  line: LogLine,
  isJobLost: boolean,
): { readonly session: SessionRow; readonly writes: readonly Write[] } {
  const target = localTarget(taking, line, session.sync?.head.generation ?? 0)
  const n = target?.n ?? 0
  const rows = new Map(taking.generations)
  const isOther = n !== session.head || taking.hasLeft || isJobLost
  if (!isOther) {
    const context = assembleContext({ head: target, ...contextMessages(line, session) }).categories
    const tokens = { ...session.tokens, context }
    return { session: { ...session, tokens }, writes: generationWrites(taking, read) }
  }
  const range = line.messages()
  const moved = moveHead(
    { ...read, range, generations: [...rows.values()] },
    session,
    target,
    taking.now,
  )
  const others = moved.writes.filter((write) => write.table !== 'generations')
  for (const write of moved.writes) {
    if (write.table !== 'generations') continue
    // A former head that the new one was built on was not taken back.
    const isBase = write.row.n === session.head && isAncestor(session.head, n, rows)
    if (!isBase) taking.generations.set(write.row.n, write.row)
  }
  const isHeld =
    taking.headSaid === 'rollback' && n === taking.head.generation && n !== session.head
  const isNew = taking.headSaid === 'generation' && n !== session.head
  const held = isNew
    ? { ...moved.session, holdUntil: 0, probation: probationOf(taking, moved.session) }
    : moved.session
  return {
    session: isHeld ? holdJobs(held) : held,
    writes: [...others, ...generationWrites(taking, read)],
  }
}

/**
 * The probation of a generation that another device has applied: whoever goes on with the session is who finds out what it
 * lost. The turns that came behind it with it are over.
 *
 * @see SPEC.md rule SYNC29
 */
function probationOf({ added, addedBefore }: Taking, session: SessionRow): Probation | null {
  const later = added.slice(addedBefore).filter(startsTurn).length
  return startProbation(session.head, session.turns - later, session.policy.probation)
}

/**
 * Chooses the head, and forgets a mark for it that has become needless.
 *
 * @param before - What the remote head was.
 */
function localTarget(taking: Taking, line: LogLine, before: number): Generation | undefined {
  const mark = headMark(taking.unsent)
  const wanted = mark ? taking.localHead : taking.head.generation
  const target = newestHolding(wanted, taking.generations, line.at)
  const n = target?.n ?? 0
  if (!mark) return target
  if (n !== wanted) {
    taking.conflicts += 1
    // What is under way by the mark's id is not what is the head by now.
    taking.unsent = taking.unsent.map((one) =>
      one === mark ? { ...mark, id: reissue(mark.id) } : one,
    )
  }
  const isSaid = taking.headSaid !== 'not' || taking.head.generation !== before
  if (n === taking.head.generation && (n !== wanted || isSaid)) {
    drop(taking, headMark(taking.unsent)?.id ?? '')
  }
  return target
}

function isAncestor(n: number, of: number, rows: ReadonlyMap<number, Generation>): boolean {
  for (let one = rows.get(of); one && one.parent < one.n; one = rows.get(one.parent)) {
    if (one.parent === n) return true
  }
  return false
}

function contextMessages(
  line: LogLine,
  { mark, pins }: SessionRow,
): {
  readonly pins: readonly Message[]
  readonly tail: readonly Message[]
  pinned: readonly Seq[]
} {
  const active = line.messages().filter((message) => message.active)
  const own = new Set(pins)
  return {
    pins: active.filter(({ seq }) => seq <= mark && own.has(seq)),
    tail: active.filter(({ seq }) => seq > mark),
    pinned: pins,
  }
}

/** Generations that are not as they were read. */
function generationWrites({ generations }: Taking, read: Snapshotted): readonly Write[] {
  const before = new Map(read.generations.map((row) => [row.n, row]))
  return [...generations.values()].flatMap((row): Write[] =>
    before.get(row.n) === row ? [] : [{ table: 'generations', row }],
  )
}

/** Messages that are not as they were read. */
function messageWrites(
  line: LogLine,
  before: readonly Message[],
  session: string,
): readonly Write[] {
  const stored = new Map(before.map((message) => [message.seq, message]))
  return line.messages().flatMap((message): Write[] => {
    const own = stored.get(message.seq)
    if (own ? isSame(own, message) : message.hash === '') return []
    return [{ table: 'messages', row: { ...message, session } }]
  })
}

function isSame(a: Message, b: Message): boolean {
  return (
    a === b ||
    (a.id === b.id &&
      a.hash === b.hash &&
      a.tokens === b.tokens &&
      a.at === b.at &&
      a.chain === b.chain &&
      a.through === b.through &&
      a.active === b.active)
  )
}

function detailsFields({
  details,
  lastGeneration,
}: Taking): Pick<SessionRow, 'details' | 'lastGeneration'> {
  return { lastGeneration, ...(details === undefined ? {} : { details }) }
}

function countFields(
  { added, replaced, branches }: Taking,
  session: SessionRow,
): Partial<SessionRow> {
  const newest = added.reduce((most, { at }) => Math.max(most, at), session.updatedAt ?? -Infinity)
  return {
    branch: session.branch + branches,
    turns: session.turns + added.filter(startsTurn).length - replaced.filter(startsTurn).length,
    ...(newest === -Infinity ? {} : { updatedAt: newest }),
  }
}

function contextWith({ tokens }: SessionRow, added: readonly Message[]): Categories {
  return added.reduce(
    (sums, message) => addCategories(sums, categoryOf(message), message.tokens),
    tokens.context,
  )
}
