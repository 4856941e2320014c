import { Dexie, type Collection } from 'dexie'
import type { Artifact } from '../core/session/generation.ts'
import type { BackfoldDatabase, MessageRow } from './database.ts'
import type { ClearKey, RowCodec } from './plain-codec.ts'

/** Rows by what they say, whether or not they stand there encrypted. Called inside a transaction. */
export interface StoredRows {
  get<Row>(table: string, key: ClearKey): PromiseLike<Row | undefined>
  /** Those that are there, in the order asked for. */
  bulkGet<Row>(table: string, keys: readonly ClearKey[]): PromiseLike<Row[]>
  /** Both ends included, by primary key; the first `most` of them, or all. */
  between<Row>(table: string, from: ClearKey, to: ClearKey, most?: number): PromiseLike<Row[]>
  byIds(session: string, ids: readonly string[]): PromiseLike<MessageRow[]>
  /** Finished blocks of a job, ascending. */
  blocks<Row>(session: string, job: number): PromiseLike<Row[]>
  /** By its hash, or by how that begins. */
  artifact(session: string, hash: string): PromiseLike<Artifact | undefined>
  /** At most so many behind a hash, in the order of their keys; from the first on behind an empty one. */
  artifactsBehind(session: string, hash: string, most: number): PromiseLike<Artifact[]>
  put(table: string, rows: readonly object[]): PromiseLike<unknown>
  delete(table: string, key: ClearKey): PromiseLike<unknown>
  deleteBlocks(session: string, job: number): PromiseLike<unknown>
}

export function createStoredRows(db: BackfoldDatabase, codec: RowCodec): StoredRows {
  const open = <Row>(table: string, raws: readonly unknown[]): Row[] =>
    raws.flatMap((raw) => (raw === undefined ? [] : codec.open<Row>(table, raw)))
  const rangeOf = (table: string, from: unknown, to: unknown, isTo = true): Range =>
    db.table<object>(table).where(':id').between(from, to, true, isTo)
  const blocksOf = (session: string, job: number): Range =>
    rangeOf(
      'blocks',
      codec.key('blocks', [session, job, Dexie.minKey]),
      codec.key('blocks', [session, job, Dexie.maxKey]),
    )
  return {
    get: <Row>(table: string, key: ClearKey) =>
      db
        .table<object>(table)
        .get(codec.key(table, key))
        .then((raw) => (raw === undefined ? undefined : codec.open<Row>(table, raw))),
    bulkGet: <Row>(table: string, keys: readonly ClearKey[]) =>
      db
        .table<object>(table)
        .bulkGet(keys.map((key) => codec.key(table, key)))
        .then((raws) => open<Row>(table, raws)),
    between<Row>(table: string, from: ClearKey, to: ClearKey, most?: number) {
      const range = rangeOf(table, codec.key(table, from), codec.key(table, to))
      return (most === undefined ? range : range.limit(most))
        .toArray()
        .then((raws) => open<Row>(table, raws))
    },
    byIds: (session, ids) =>
      db
        .table<object>('messages')
        .where('[session+id]')
        .anyOf(ids.map((id) => codec.key('messages', [session, id]) as [string, string]))
        .toArray()
        .then((raws) => open<MessageRow>('messages', raws)),
    blocks: <Row>(session: string, job: number) =>
      blocksOf(session, job)
        .toArray()
        .then((raws) => open<Row>('blocks', raws)),
    artifact(session, hash) {
      const [from, to] = codec.artifactRange(session, hash)
      const range = rangeOf('artifacts', from, to, false)
      // As a rule there is one: those that share their first digits are of one payload.
      return (codec.isSealed ? range : range.limit(1))
        .toArray()
        .then((raws) => open<Artifact>('artifacts', raws).find((row) => row.hash.startsWith(hash)))
    },
    artifactsBehind(session, hash, most) {
      const from = codec.key('artifacts', [session, hash === '' ? Dexie.minKey : hash])
      const to = codec.key('artifacts', [session, Dexie.maxKey])
      return db
        .table<object>('artifacts')
        .where(':id')
        .between(from, to, false, true)
        .limit(most)
        .toArray()
        .then((raws) => open<Artifact>('artifacts', raws))
    },
    put: (table, rows) =>
      db.table<object>(table).bulkPut(rows.map((row) => codec.seal(table, row))),
    delete: (table, key) => db.table(table).delete(codec.key(table, key)),
    deleteBlocks: (session, job) => blocksOf(session, job).delete(),
  }
}

type Range = Collection<object>
