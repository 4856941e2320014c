import type { SessionSummary } from '../../protocol/requests.ts'
import { titleOfSession } from '../run/stored-runs.ts'

/** A session as the list shows it. */
export interface KeptSession {
  readonly id: string
  /** What a person or host called it; empty if nobody did. */
  readonly title: string
  /** What stands in the list: the title, else its first words, else what its id says. */
  readonly name: string
  readonly tags: readonly string[]
  readonly archived: boolean
  readonly createdAt: number
  /** When something last came to it, in Unix time. */
  readonly updatedAt: number
  readonly messages: number
  readonly tokens: number
  readonly generation: number
  /** Messages and changes that are not on the server yet; 0 where it was never synchronised. */
  readonly pending: number
  /** Changes made here that gave way to those of another device. */
  readonly conflicts: number
  /** The server lacks messages of it. */
  readonly isLacking: boolean
  /** Nobody named it, and nothing was said or is being written in it. */
  readonly isBlank: boolean
}

/** Name of the host's text that holds a session's first words. */
export const WORDS_KEY = 'app.words'

/** Name of the host's text that holds where answers come from; never a key. */
export const SETTINGS_KEY = 'app.settings'

/** Most characters of a name that stands in for a title. */
const MOST_WORDS = 80

/** @see SPEC.md rule KEEP2 */
export function readKept(summary: SessionSummary): KeptSession {
  const { id, createdAt, updatedAt, messages, tokens, generation, details } = summary
  const { pending = 0, conflicts = 0, isLacking = false } = summary
  const words = details.host[WORDS_KEY] ?? ''
  return {
    id,
    title: details.title,
    name: details.title || words || titleOfSession(id),
    tags: details.tags,
    archived: details.archived,
    createdAt,
    updatedAt,
    messages,
    tokens,
    generation,
    pending,
    conflicts,
    isLacking,
    isBlank:
      messages === 0 &&
      details.title === '' &&
      !details.archived &&
      Object.keys(details.host).length === 0,
  }
}

/**
 * The first words of a text as a name: one line, at most 80 characters, cut between words where that costs little.
 *
 * @see SPEC.md rule KEEP3
 */
export function firstWords(text: string): string {
  // What is far behind can't be among the first words, however long a message is.
  const line = text
    .slice(0, MOST_WORDS * 20)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .toWellFormed()
  if (line.length <= MOST_WORDS) return line
  const cut = line.slice(0, MOST_WORDS - 1).replace(/[\uD800-\uDBFF]$/, '')
  const space = cut.lastIndexOf(' ')
  return `${space > MOST_WORDS / 2 ? cut.slice(0, space) : cut}…`
}

/** Which of the sessions are listed. */
export interface ListFilter {
  readonly archived: boolean
  /** All of these; none lets all pass. */
  readonly tags: readonly string[]
}

/**
 * Those that are listed, newest first. What is equally new keeps the order of its ids, so that a list never jumps.
 *
 * @see SPEC.md rule KEEP4
 */
export function listSessions(
  sessions: readonly KeptSession[],
  filter: ListFilter,
): readonly KeptSession[] {
  return sessions
    .filter(
      ({ archived, tags }) =>
        archived === filter.archived && filter.tags.every((tag) => tags.includes(tag)),
    )
    .sort((a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1))
}

/** All tags in use with how many sessions have each, the most used first. @see SPEC.md rule KEEP5 */
export function countTags(
  sessions: readonly KeptSession[],
): readonly { readonly tag: string; readonly count: number }[] {
  const counts = new Map<string, number>()
  for (const { tags } of sessions) {
    for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  }
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1))
}

/** What a person typed as tags, separated by commas: trimmed, none twice, none too long. @see SPEC.md rule KEEP5 */
export function readTags(typed: string): readonly string[] {
  const tags = typed
    .split(',')
    .map((tag) => tag.replace(/\s+/g, ' ').trim().slice(0, 100).trim())
    .filter((tag) => tag !== '')
  return [...new Set(tags)].slice(0, 50)
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/**
 * When something was, for a glance: `now`, `5 min`, `3 h`, a day of this week by name, else the date.
 *
 * @see SPEC.md rule KEEP6
 */
export function whenText(at: number, now: number, locale = 'en-GB'): string {
  const age = now - at
  if (age < MINUTE_MS) return 'now'
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)} min`
  if (age < DAY_MS) return `${Math.floor(age / HOUR_MS)} h`
  const date = new Date(at)
  if (age < 6 * DAY_MS) return date.toLocaleDateString(locale, { weekday: 'short' })
  const year =
    date.getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' as const }
  return date.toLocaleDateString(locale, { day: 'numeric', month: 'short', ...year })
}
