import { Dexie } from 'dexie'
import type { FactOverride } from '../core/memory/facts/fact-override.ts'
import type { RuleRow } from '../core/memory/vault/rule-row.ts'
import type { ReadQuery, Snapshotted } from '../core/ports/session-store.ts'
import type { Generation } from '../core/session/generation.ts'
import type { Message } from '../core/session/message.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import type { BackfoldDatabase } from './database.ts'
import { NOTHING_READ } from './nothing-read.ts'
import { BeingRemoved } from './remove-session.ts'
import { standing } from './standing.ts'
import type { StoredRows } from './stored-rows.ts'

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
  if (query.artifacts || query.artifactsBehind) names.add('artifacts')
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
  rows: StoredRows,
  query: ReadQuery,
  isWriting = false,
): Promise<Snapshotted> {
  const id = query.session
  const session = await rows.get<SessionRow>('sessions', id)
  const is = standing(session, query)
  if (is !== 'there') {
    if (is === 'being-removed' && isWriting) throw new BeingRemoved()
    return NOTHING_READ
  }
  const candidate =
    (query.candidate || query.asApplied) && session?.candidate
      ? await rows.get<Generation>('generations', [id, session.candidate])
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
  const numbered = <Row>(table: string, numbers: readonly number[]): PromiseLike<Row[]> =>
    rows.bulkGet<Row>(
      table,
      numbers.map((n) => [id, n]),
    )
  const all = <Row>(table: string): PromiseLike<Row[]> =>
    rows.between<Row>(table, [id, Dexie.minKey], [id, Dexie.maxKey])
  if (query.head && session?.head) into('head', rows.get('generations', [id, session.head]))
  if (query.tail) into('tail', rangeOf(rows, id, { from: mark + 1, to: Infinity }).then(onlyActive))
  if (query.pins && session) {
    const pins = session.pins.filter((seq) => seq <= mark)
    if (pins.length > 0) into('pins', numbered('messages', pins))
  }
  if (query.range) into('range', rangeOf(rows, id, query.range))
  if (query.at) into('at', numbered('messages', query.at))
  if (query.ids) into('ids', rows.byIds(id, query.ids))
  if (query.candidate && candidate)
    into('candidateMark', rows.get('messages', [id, candidate.mark]))
  if (query.generations === 'all') into('generations', all('generations'))
  else if (query.generations) into('generations', numbered('generations', query.generations))
  if (query.snapshots) into('snapshots', numbered('snapshots', query.snapshots))
  if (query.jobs === 'all') into('jobs', all('jobs'))
  else if (query.jobs) into('jobs', numbered('jobs', query.jobs))
  if (query.openJob && session?.openJob) into('openJob', rows.get('jobs', [id, session.openJob]))
  if (query.blocks !== undefined) into('blocks', rows.blocks(id, query.blocks))
  if (query.artifacts) {
    const wanted = query.artifacts.map((hash) => rows.artifact(id, hash))
    into('artifacts', Dexie.Promise.all(wanted).then(present))
  }
  if (query.artifactsBehind) {
    const { hash, most } = query.artifactsBehind
    into('artifacts', rows.artifactsBehind(id, hash, most))
  }
  if (query.notes) into('notes', all('notes'))
  if (query.pads) into('pads', all('pads'))
  if (query.rules) into('rules', all<RuleRow>('rules').then(byId))
  if (query.facts) into('facts', all<FactOverride>('facts').then(byId))
  if (query.index) into('index', numbered('index', query.index))
  if (reads.length > 0) await Dexie.Promise.all(reads)
  return found
}

function present<Row>(rows: readonly (Row | undefined)[]): Row[] {
  return rows.flatMap((row) => row ?? [])
}

function onlyActive(messages: readonly Message[]): Message[] {
  return messages.filter((message) => message.active)
}

function rangeOf(
  rows: StoredRows,
  id: string,
  { from, to, most }: NonNullable<ReadQuery['range']>,
): PromiseLike<Message[]> {
  return rows.between('messages', [id, from], [id, to], most)
}

/** Tokens do not sort as the ids that they stand for. */
function byId<Row extends { readonly id: string }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
