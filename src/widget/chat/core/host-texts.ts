import type { Seq } from '../../../core/session/message.ts'
import type { Attachment, Rating } from '../chat.ts'

/**
 * What a chat keeps with its session, among the host's own texts: the draft, what was written before, ratings, and
 * what waits to be sent. Each queued message and each rating has a name of its own, so that tabs which write at the
 * same time lose nothing of each other.
 */
export type HostTexts = Readonly<Record<string, string>>

/** A message that waits to be sent. */
export interface QueuedEntry {
  /** Id of the message in the log, so that it can't be appended twice. */
  readonly id: string
  readonly text: string
  readonly attachments: readonly Attachment[]
  /** Unix time in milliseconds. */
  readonly at: number
  /** The message that it replaces; null where it goes behind the last one. */
  readonly replaces: Seq | null
}

/** What is being written. */
export interface KeptDraft {
  readonly text: string
  readonly attachments: readonly Attachment[]
}

const DRAFT = 'chat.draft'
const HISTORY = 'chat.history'
const QUEUE = 'chat.queue.'
const RATING = 'chat.rating.'

/** Most texts of a history, and most characters of all of them. */
const MAX_HISTORY = 50
const MAX_HISTORY_LENGTH = 40_000

/** Most characters of a draft that is kept; what is longer lives in the page only. */
const MAX_DRAFT = 60_000

/** Most characters of a queued message as it is kept. */
export const MAX_QUEUED = 120_000

/** Attachments of a draft as far as there is room for them; the text goes first. */
export function draftTexts({
  text,
  attachments,
}: KeptDraft): Readonly<Record<string, string | null>> {
  if (text === '' && attachments.length === 0) return { [DRAFT]: null }
  const whole = JSON.stringify({ text, attachments })
  if (whole.length <= MAX_DRAFT) return { [DRAFT]: whole }
  const bare = JSON.stringify({ text, attachments: [] })
  return { [DRAFT]: bare.length <= MAX_DRAFT ? bare : null }
}

/** @see SPEC.md rule CHAT9 */
export function readDraft(host: HostTexts): KeptDraft {
  const kept = parseRecord(host[DRAFT])
  return { text: textOr(kept['text']), attachments: readAttachments(kept['attachments']) }
}

export function historyTexts(history: readonly string[]): Readonly<Record<string, string>> {
  return { [HISTORY]: JSON.stringify(history) }
}

export function readHistory(host: HostTexts): readonly string[] {
  const kept = parse(host[HISTORY])
  return Array.isArray(kept) ? boundHistory(kept.filter((text) => typeof text === 'string')) : []
}

/** A history with one text more, newest first; the same text again moves to the front. */
export function addToHistory(history: readonly string[], text: string): readonly string[] {
  const said = text.trim()
  if (said === '') return history
  return boundHistory([said, ...history.filter((one) => one !== said)])
}

function boundHistory(history: readonly string[]): readonly string[] {
  const kept: string[] = []
  let length = 0
  for (const text of history.slice(0, MAX_HISTORY)) {
    length += text.length
    if (length > MAX_HISTORY_LENGTH) break
    kept.push(text)
  }
  return kept
}

export function ratingTexts(
  seq: Seq,
  rating: Rating | null,
): Readonly<Record<string, string | null>> {
  return { [`${RATING}${seq}`]: rating }
}

export function readRating(host: HostTexts, seq: Seq): Rating | null {
  const kept = host[`${RATING}${seq}`]
  return kept === 'up' || kept === 'down' ? kept : null
}

export function queueTexts(entry: QueuedEntry): Readonly<Record<string, string>> {
  return { [`${QUEUE}${entry.id}`]: JSON.stringify(entry) }
}

export function unqueueTexts(id: string): Readonly<Record<string, null>> {
  return { [`${QUEUE}${id}`]: null }
}

/** What waits to be sent, in the order in which it was written. Total: what can't be read is left out. */
export function readQueue(host: HostTexts): readonly QueuedEntry[] {
  return Object.entries(host)
    .filter(([name]) => name.startsWith(QUEUE))
    .map(([name, json]): QueuedEntry => {
      const kept = parseRecord(json)
      const { text, attachments, at, replaces } = kept
      return {
        id: name.slice(QUEUE.length),
        text: textOr(text),
        attachments: readAttachments(attachments),
        at: typeof at === 'number' ? at : 0,
        replaces: typeof replaces === 'number' ? replaces : null,
      }
    })
    .filter(({ text, attachments }) => text !== '' || attachments.length > 0)
    .toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
}

function readAttachments(value: unknown): readonly Attachment[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((one: unknown): readonly Attachment[] => {
    const { key, name, mediaType, bytes, url } = asRecord(one)
    if (typeof url !== 'string' || !url.startsWith('data:')) return []
    return [
      {
        key: textOr(key),
        name: textOr(name),
        mediaType: textOr(mediaType),
        bytes: typeof bytes === 'number' ? bytes : 0,
        url,
      },
    ]
  })
}

function parse(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json)
  } catch {
    return undefined
  }
}

function parseRecord(json: string | undefined): Readonly<Record<string, unknown>> {
  return asRecord(parse(json))
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
