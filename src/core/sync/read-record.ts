import { contentHash } from '../session/chain.ts'
import type { StampedDraft } from '../session/append.ts'
import { isRow } from '../transfer/archive-rows.ts'
import { isMessage } from './is-message.ts'
import { isDetails, isGeneration, isTableRow, isSeq, isSeqs, isText } from './is-row.ts'
import type { SyncRecord } from './sync-record.ts'
import { RECORD_VERSION } from './write-record.ts'

export type ReadRecord =
  | { readonly kind: 'record'; readonly record: SyncRecord }
  | { readonly kind: 'nonsense'; readonly reason: string }

/** Part of the language on every platform, though not of its standard: core is given no types of a platform. */
const { TextDecoder } = globalThis as unknown as {
  readonly TextDecoder: new () => { decode(bytes: Uint8Array): string }
}

/** Most bytes of a record. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024

/**
 * Reads what another device says. It may be anybody's: what is of no known shape, or is not what its hash stands for, is
 * nonsense.
 *
 * Total.
 *
 * @see SPEC.md rules SYNC23, SYNC24
 */
export function readRecord(bytes: Uint8Array): ReadRecord {
  if (bytes.length > MAX_RECORD_BYTES) return nonsense('it is too long')
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return nonsense('it is no JSON')
  }
  if (!isRow(value)) return nonsense('it is no record')
  const { v, ...fields } = value
  if (v !== RECORD_VERSION) return nonsense('it is of another release')
  const { session, id, by, confirmed, since, prev } = fields
  const isNamed =
    isText(session, 190) &&
    session !== '' &&
    isText(by, 200) &&
    isSeq(confirmed) &&
    (since === undefined || isSeq(since)) &&
    (prev === undefined || (Array.isArray(prev) && prev.every(isStoredMessage)))
  if (!isNamed || !isText(id) || id === '') return nonsense('it does not say what it is of')
  try {
    return readFields(fields) ?? nonsense(`it is no ${String(fields['kind']).slice(0, 40)}`)
  } catch {
    // Of a shape that surprised whoever looked at it.
    return nonsense('it can not be read')
  }
}

type Fields = Readonly<Record<string, unknown>>

function readFields(fields: Fields): ReadRecord | undefined {
  return isRecord(fields) ? { kind: 'record', record: withBareMessage(fields) } : undefined
}

/** Whether fields are those of their kind. */
function isRecord(fields: Fields): fields is Fields & SyncRecord {
  switch (fields['kind']) {
    case 'message':
      return isWholeMessage(fields['message']) && fields['id'] === idOf(fields['message'])
    case 'repair':
      return isSeq(fields['seq']) && isWholeMessage(fields['message'])
    case 'branch':
      return isText(fields['after']) && isText(fields['through'])
    case 'row':
      return isRemoteRow(fields)
    case 'generation':
      return isText(fields['parent']) && isGeneration(fields['generation'])
    case 'rollback':
      return isText(fields['parent']) && isText(fields['to'])
    case 'claim': {
      const { device, name, state } = fields
      return isText(device, 200) && isText(name, 200) && (state === 'held' || state === 'free')
    }
    case 'deleted':
      return true
    case 'lacking':
      return isSeq(fields['to']) && isIds(fields['ids'] ?? [])
    default:
      return false
  }
}

function isStoredMessage(value: unknown): boolean {
  return isRow(value) && isText(value['id']) && isSeq(value['position'])
}

function isIds(value: unknown): boolean {
  return Array.isArray(value) && value.every((id) => isText(id))
}

function isWholeMessage(value: unknown): boolean {
  return isMessage(value) && contentHash(value) === value.hash
}

function idOf(value: unknown): unknown {
  return isRow(value) ? value['id'] : undefined
}

function isRemoteRow({ table, key, row, isFresh = false }: Fields): boolean {
  if (!isText(key) || typeof isFresh !== 'boolean') return false
  if (table === 'session') {
    return (key === 'details' && isDetails(row)) || (key === 'pins' && isSeqs(row))
  }
  if (table === 'pads' && row === null) return isSeq(Number(key))
  return isTableRow(table, row) && key === keyOf(table, row)
}

function keyOf(table: unknown, row: unknown): string {
  const key = isRow(row) ? row[table === 'rules' || table === 'facts' ? 'id' : 'n'] : undefined
  return String(key)
}

/** A message without what only a place in a log says, whoever has put it there. */
function withBareMessage(record: SyncRecord): SyncRecord {
  if (record.kind !== 'message' && record.kind !== 'repair') return record
  const given: StampedDraft & Fields = { ...record.message }
  const { seq, chain, active, through, ...message } = given
  void [seq, chain, active, through]
  return { ...record, message }
}

function nonsense(reason: string): ReadRecord {
  return { kind: 'nonsense', reason }
}
