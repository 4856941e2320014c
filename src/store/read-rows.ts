import { Dexie } from 'dexie'
import type { ReadQuery, Snapshotted } from '../core/ports/session-store.ts'
import type { Artifact } from '../core/session/generation.ts'
import type { Message } from '../core/session/message.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import type { BackfoldDatabase, MessageRow } from './database.ts'
import { NOTHING_READ } from './nothing-read.ts'
import { BeingRemoved } from './remove-session.ts'
import { standing } from './standing.ts'

/** The tables that a query reads. */
export function tablesFor(db: BackfoldDatabase, query: ReadQuery): readonly string[] {
  const names = new Set(['sessions'])
  if (query.head || query.generations || query.candidate || query.asApplied)
    names.add('generations')
  if (query.tail || query.pins || query.range || query.at || query.ids || query.candidate) {
    names.add('messages')
  }
  if (query.snapshots) names.add('snapshots')
  if (query.jobs || query.openJob) names.add('jobs')
  if (query.blocks !== undefined) names.add('blocks')
  if (query.artifacts) names.add('artifacts')
  if (query.notes) names.add('notes')
  if (query.pads) names.add('pads')
  if (query.rules) names.add('rules')
  if (query.facts) names.add('facts')
  if (query.index) names.add('index')
  return db.tables.map(({ name }) => name).filter((name) => names.has(name))
}

/**
 * Reads what a query asks for, inside a transaction: first the session's row, which says where to look,
 * then everything else at once.
 *
 * Awaits Dexie's own promises and nothing else: awaiting anything that is settled already, even an
 * empty list, would let the transaction commit before its writes.
 */
export async function readRows(
  db: BackfoldDatabase,
  query: ReadQuery,
  isWriting = false,
): Promise<Snapshotted> {
  const id = query.session
  const session: SessionRow | undefined = await db.sessions.get(id)
  const is = standing(session, query)
  if (is !== 'there') {
    if (is === 'being-removed' && isWriting) throw new BeingRemoved()
    return NOTHING_READ
  }
  const candidate =
    (query.candidate || query.asApplied) && session?.candidate
      ? await db.generations.get([id, session.candidate])
      : undefined
  const mark = (query.asApplied ? candidate?.mark : undefined) ?? session?.mark ?? 0
  const found: { -readonly [K in keyof Snapshotted]: Snapshotted[K] } = { ...NOTHING_READ }
  found.session = session
  found.candidate = candidate
  const reads: PromiseLike<void>[] = []
  const into = <K extends keyof Snapshotted>(key: K, read: PromiseLike<Snapshotted[K]>): void => {
    reads.push(
      read.then((value) => {
        found[key] = value
      }),
    )
  }
  const keys = (numbers: readonly number[]): [string, number][] => numbers.map((n) => [id, n])
  const present = <Row>(rows: readonly (Row | undefined)[]): Row[] =>
    rows.flatMap((row) => row ?? [])
  if (query.head && session?.head) into('head', db.generations.get([id, session.head]))
  if (query.tail) into('tail', rangeOf(db, id, mark + 1, Infinity).then(onlyActive))
  if (query.pins && session) {
    const pins = session.pins.filter((seq) => seq <= mark)
    if (pins.length > 0) into('pins', db.messages.bulkGet(keys(pins)).then(present))
  }
  if (query.range) into('range', rangeOf(db, id, query.range.from, query.range.to))
  if (query.at) into('at', db.messages.bulkGet(keys(query.at)).then(present))
  if (query.ids) into('ids', byIds(db, id, query.ids))
  if (query.candidate && candidate) into('candidateMark', db.messages.get([id, candidate.mark]))
  if (query.generations === 'all') into('generations', allOf(db.generations, id))
  else if (query.generations) {
    into('generations', db.generations.bulkGet(keys(query.generations)).then(present))
  }
  if (query.snapshots) into('snapshots', db.snapshots.bulkGet(keys(query.snapshots)).then(present))
  if (query.jobs === 'all') into('jobs', allOf(db.jobs, id))
  else if (query.jobs) into('jobs', db.jobs.bulkGet(keys(query.jobs)).then(present))
  if (query.openJob && session?.openJob) into('openJob', db.jobs.get([id, session.openJob]))
  if (query.blocks !== undefined) into('blocks', blocksOf(db, id, query.blocks).toArray())
  if (query.artifacts) {
    const found = query.artifacts.map((hash) => artifactOf(db, id, hash))
    into('artifacts', Dexie.Promise.all(found).then(present))
  }
  if (query.notes) into('notes', allOf(db.notes, id))
  if (query.pads) into('pads', allOf(db.pads, id))
  if (query.rules) into('rules', allById(db.rules, id))
  if (query.facts) into('facts', allById(db.facts, id))
  if (query.index) into('index', db.index.bulkGet(keys(query.index)).then(present))
  if (reads.length > 0) await Dexie.Promise.all(reads)
  return found
}

/** The finished blocks of a job. */
export function blocksOf(db: BackfoldDatabase, session: string, job: number): Collection {
  return db.blocks
    .where('[session+job+block]')
    .between([session, job, Dexie.minKey], [session, job, Dexie.maxKey])
}

type Collection = ReturnType<BackfoldDatabase['blocks']['toCollection']>

function byIds(
  db: BackfoldDatabase,
  session: string,
  ids: readonly string[],
): PromiseLike<MessageRow[]> {
  return db.messages
    .where('[session+id]')
    .anyOf(ids.map((id): [string, string] => [session, id]))
    .toArray()
}

/** Hashes are hexadecimal, so everything that begins with one sorts before it followed by `g`. */
function artifactOf(
  db: BackfoldDatabase,
  session: string,
  hash: string,
): PromiseLike<Artifact | undefined> {
  return db.artifacts
    .where('[session+hash]')
    .between([session, hash], [session, `${hash}g`], true, false)
    .first()
}

function onlyActive(messages: readonly Message[]): Message[] {
  return messages.filter((message) => message.active)
}

function rangeOf(
  db: BackfoldDatabase,
  id: string,
  from: number,
  to: number,
): PromiseLike<MessageRow[]> {
  return db.messages.where('[session+seq]').between([id, from], [id, to], true, true).toArray()
}

function allOf<Row>(
  table: BackfoldDatabase['generations' | 'jobs' | 'notes' | 'pads'],
  id: string,
): PromiseLike<Row[]> {
  return table
    .where('[session+n]')
    .between([id, Dexie.minKey], [id, Dexie.maxKey])
    .toArray() as PromiseLike<unknown> as PromiseLike<Row[]>
}

function allById<Row>(table: BackfoldDatabase['rules' | 'facts'], id: string): PromiseLike<Row[]> {
  return table
    .where('[session+id]')
    .between([id, Dexie.minKey], [id, Dexie.maxKey])
    .toArray() as PromiseLike<unknown> as PromiseLike<Row[]>
}
