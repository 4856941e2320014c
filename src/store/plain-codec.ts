import type { IndexableType, IndexableTypePart } from 'dexie'

/** A key of a table, as the rest of the store knows it: the session, and what follows it. */
export type ClearKey = string | readonly [string, ...IndexableTypePart[]]

/** What stands in the database for what is said, and the other way round. */
export interface RowCodec {
  readonly isSealed: boolean
  session(id: string): string
  /** Numbers and Dexie's bounds stay. */
  key(table: string, key: ClearKey): IndexableType
  /** The keys between which artifacts stand whose hash begins thus; others may stand there, too. */
  artifactRange(session: string, hash: string): readonly [unknown, unknown]
  seal(table: string, row: object): object
  /** @throws BackfoldError `INTERNAL` for a row that is damaged, or stands elsewhere than it was written. */
  open<Row>(table: string, raw: unknown): Row
}

/** As it is. */
export const PLAIN_CODEC: RowCodec = {
  isSealed: false,
  session: (id) => id,
  key: (_, key) => key,
  // Hashes are hexadecimal, so everything that begins with one sorts before it followed by `g`.
  artifactRange: (session, hash) => [
    [session, hash],
    [session, `${hash}g`],
  ],
  seal: (_, row) => row,
  open: <Row>(_: string, raw: unknown) => raw as Row,
}

interface SealedRow {
  readonly sealed: Uint8Array
}

/** Whether a row stands in the database sealed. */
export function isSealedRow(raw: unknown): raw is SealedRow {
  return (
    typeof raw === 'object' && raw !== null && 'sealed' in raw && raw.sealed instanceof Uint8Array
  )
}
