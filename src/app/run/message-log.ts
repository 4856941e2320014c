import type { Draft, Message, Seq } from '../../core/session/message.ts'

/** Who put a message into the log, as far as this page knows. */
export type Origin = 'replay' | 'person' | 'model' | 'log'

/** A message as the list shows it. */
export interface LogItem {
  readonly key: string
  /** Null until the session has confirmed it. */
  readonly seq: Seq | null
  readonly draft: Draft
  readonly tokens: number | null
  readonly origin: Origin
  readonly active: boolean
  /** Why it could not be appended, if so. */
  readonly failed: string | null
}

/** The page's own copy of the log: what is shown, not what is true. */
export interface MessageLog {
  /** Messages in log order, then those not confirmed yet in the order in which they were said. */
  items(): readonly LogItem[]
  /** Newest position known here; 0 for none. */
  newest(): Seq
  /** Notes a message that is on its way; returns its key. */
  expect(draft: Draft, origin: Origin): string
  confirm(key: string, seq: Seq, tokens: number): void
  fail(key: string, reason: string): void
  /** Forgets a message that failed. */
  drop(key: string): void
  /**
   * Takes in messages read from the session, ascending, replacing what was known of them. What this page has said itself
   * keeps its key where it has another place by now.
   */
  merge(messages: readonly Message[]): void
  /** Notes that a branch left everything above a position behind. */
  branch(after: Seq): void
  find(seq: Seq): LogItem | undefined
  /** The first run of positions up to `newest` that is not known here; null if all are. */
  gap(newest: Seq): { readonly from: Seq; readonly to: Seq } | null
}

/**
 * Keeps messages by position, so that receipts and reads may come in any order.
 *
 * @see SPEC.md rules APP39–APP41
 */
export function createMessageLog(): MessageLog {
  const confirmed: LogItem[] = []
  const pending = new Map<string, LogItem>()
  let lastKey = 0

  const insert = (item: LogItem & { readonly seq: Seq }): void => {
    const at = placeOf(confirmed, item.seq)
    confirmed.splice(at, confirmed[at]?.seq === item.seq ? 1 : 0, item)
  }

  return {
    items: () => [...confirmed, ...pending.values()],
    newest: () => confirmed.at(-1)?.seq ?? 0,
    expect(draft, origin) {
      const key = `new-${++lastKey}`
      const item = { key, seq: null, draft, tokens: null, origin, active: true, failed: null }
      pending.set(key, item)
      return key
    },
    confirm(key, seq, tokens) {
      const item = pending.get(key)
      if (item === undefined) return
      pending.delete(key)
      insert({ ...item, seq, tokens, failed: null })
    },
    fail(key, reason) {
      const item = pending.get(key)
      if (item !== undefined) pending.set(key, { ...item, failed: reason })
    },
    drop(key) {
      pending.delete(key)
    },
    merge(messages) {
      const first = messages[0]?.seq ?? 0
      const known = confirmed.slice(placeOf(confirmed, first))
      const byId = new Map(known.map((item) => [item.draft.id, item]))
      const bySeq = new Map(known.map((item) => [item.seq, item]))
      for (const message of messages) {
        const there = bySeq.get(message.seq)
        const same = byId.get(message.id) ?? (saysSame(there, message) ? there : undefined)
        insert({
          key: same && isOwn(same) ? same.key : `seq-${message.seq}`,
          seq: message.seq,
          draft: message,
          tokens: message.tokens,
          origin: same?.origin ?? 'log',
          active: message.active,
          failed: null,
        })
      }
    },
    branch(after) {
      for (const [index, item] of confirmed.entries())
        if (item.seq !== null && item.seq > after) confirmed[index] = { ...item, active: false }
    },
    find(seq) {
      const item = confirmed[placeOf(confirmed, seq)]
      return item?.seq === seq ? item : undefined
    },
    gap(newest) {
      if (confirmed[newest - 1]?.seq === newest) return null
      const at = confirmed.findIndex((item, index) => item.seq !== index + 1)
      const from = at < 0 ? confirmed.length + 1 : at + 1
      const next = at < 0 ? undefined : confirmed[at]?.seq
      return from > newest ? null : { from, to: Math.min(newest, (next ?? newest + 1) - 1) }
    },
  }
}

/** Said on this page: its key does not name a position. */
function isOwn({ key }: LogItem): boolean {
  return key.startsWith('new-')
}

/** Whether an item without an id is what a message says. */
function saysSame(item: LogItem | undefined, { id, role, parts }: Message): boolean {
  const draft = item?.draft
  if (!draft || (draft.id !== undefined && draft.id !== id)) return false
  return draft.role === role && JSON.stringify(draft.parts) === JSON.stringify(parts)
}

/** Index of a position, or where it belongs. */
function placeOf(items: readonly LogItem[], seq: Seq): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((items[middle]?.seq ?? 0) < seq) low = middle + 1
    else high = middle
  }
  return low
}
