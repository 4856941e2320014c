import type { MsgHdrs } from '@nats-io/nats-core'

/**
 * Twice the same within the stream's window is stored once. The window is one for the whole stream: with the subject before the id,
 * sessions that have the same messages, and spaces that know nothing of each other, don't get in each other's way.
 */
const ID = 'Nats-Msg-Id'
const EXPECTED = 'Nats-Expected-Last-Subject-Sequence'
const BATCH = 'Nats-Batch-Id'
const BATCH_TURN = 'Nats-Batch-Sequence'
const BATCH_END = 'Nats-Batch-Commit'
/** How many parts come before the rest that an entry itself carries, and the position of the first. */
const PARTS = 'Bf-Parts'
const PARTS_FROM = 'Bf-From'
/** Of a part: the entry that it is of, and the how manieth it is. */
const PART_OF = 'Bf-Of'
const PART_TURN = 'Bf-Part'

/** Longer ids are no use to anyone, and servers limit headers. */
const LONGEST_ID = 512

export interface EntryHeaders {
  readonly id?: string
  readonly expected?: number
  readonly batch?: { readonly id: string; readonly turn: number; readonly isEnd: boolean }
  readonly parts?: { readonly count: number; readonly from: number }
  readonly part?: { readonly of: string; readonly turn: number }
}

/** What headers can hold for an id; undefined for one that is too long or no text. */
export function writeId(id: string): string | undefined {
  try {
    const text = encodeURIComponent(id)
    return text.length <= LONGEST_ID ? text : undefined
  } catch {
    return undefined
  }
}

/** An id as it was; empty for what no device of ours wrote. */
export function readId(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

export function writeHeaders(
  headers: MsgHdrs,
  subject: string,
  { id, expected, batch, parts, part }: EntryHeaders,
): MsgHdrs {
  if (id !== undefined) headers.set(ID, `${subject}#${id}`)
  if (expected !== undefined) headers.set(EXPECTED, String(expected))
  if (batch) {
    headers.set(BATCH, batch.id)
    headers.set(BATCH_TURN, String(batch.turn))
    if (batch.isEnd) headers.set(BATCH_END, '1')
  }
  if (parts) {
    headers.set(PARTS, String(parts.count))
    headers.set(PARTS_FROM, String(parts.from))
  }
  if (part) {
    headers.set(PART_OF, part.of)
    headers.set(PART_TURN, String(part.turn))
  }
  return headers
}

/** What an entry says of itself, as far as it makes sense. */
export function readHeaders(headers: MsgHdrs | undefined, subject: string): EntryHeaders {
  if (!headers) return {}
  const [stored, of] = [headers.get(ID), headers.get(PART_OF)]
  const id = stored.startsWith(`${subject}#`) ? stored.slice(subject.length + 1) : ''
  const [count, from, turn] = [PARTS, PARTS_FROM, PART_TURN].map((name) =>
    Number(headers.get(name)),
  )
  return {
    ...(id === '' ? {} : { id }),
    ...(isCount(count) && isCount(from) ? { parts: { count, from } } : {}),
    ...(of !== '' && isCount(turn) ? { part: { of, turn } } : {}),
  }
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value > 0
}
