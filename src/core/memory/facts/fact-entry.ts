import { dropSuperseded } from '../../compaction/compose.ts'
import { mergeLines } from '../../compaction/digest-lines.ts'
import { extractFactLines } from '../../compaction/extract-facts.ts'
import { extractSlotLines } from '../../compaction/extract-slots.ts'
import type { Snapshotted } from '../../ports/session-store.ts'
import type { DigestLine } from '../../session/generation.ts'
import type { Seq } from '../../session/message.ts'
import type { FactKind, FormerValue, LineKind } from './fact.ts'
import type { FactOverride } from './fact-override.ts'
import { collectNamed, type NamedFact } from './named-facts.ts'

/** One conclusion of the session, with the messages that say it. */
export interface FactEntry {
  /** That of the digest line where it is one; otherwise its kind and value. */
  readonly id: string
  readonly kind: FactKind
  readonly value: string
  /** What it is about: a record, a file, a tool call, or the words around it. */
  readonly subject: string
  /** Messages that say it, ascending. */
  readonly sources: readonly Seq[]
  readonly status: 'current' | 'superseded' | 'removed'
  /** Id of the fact that took its place. */
  readonly supersededBy?: string
  /** Values that it had before, oldest first. */
  readonly former: readonly FormerValue[]
  /** What was found, where a person has corrected it. */
  readonly found?: string
  /** Whether a person may correct or remove it. What is only named in messages is as they say it. */
  readonly isEditable: boolean
}

/** Which facts are wanted. */
export interface FactsWish {
  readonly kind?: FactKind
  /** Words that all stand in subject or value, in any case. */
  readonly query?: string
  /** Most facts; 100 by default, at most 1,000. */
  readonly limit?: number
}

/** What {@link listFacts} must be given. */
export const FACTS_QUERY = { head: true, tail: true, facts: 'all' } as const

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1_000

/**
 * The typed facts of a session, newest first: those of the digest, and of the messages above the mark. A value that
 * was replaced is marked, and never shown as current.
 *
 * Linear in the digest and the tail.
 *
 * @see SPEC.md rules FACT5–FACT8
 */
export function listFacts(
  read: Snapshotted,
  wish: FactsWish = {},
): { readonly facts: readonly FactEntry[]; readonly total: number } {
  const overrides = new Map(read.facts.map((row) => [row.id, row]))
  const lines = factLines(read)
  const stated = lines.flatMap((line) => entriesOf(line, overrides.get(line.id)))
  const removed = read.facts.filter((row) => !lines.some(({ id }) => id === row.id)).map(lostEntry)
  const named = collectNamed(lines, read.head?.digest ?? [], read.tail).map(namedEntry)
  const words = (wish.query ?? '').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 20)
  const found = [...stated, ...removed, ...named]
    .filter(({ kind }) => wish.kind === undefined || kind === wish.kind)
    .filter(({ subject, value }) => {
      const text = `${subject} ${value}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .toSorted((a, b) => newest(b) - newest(a))
  const limit = Math.min(Math.max(1, Math.floor(wish.limit ?? DEFAULT_LIMIT) || 1), MAX_LIMIT)
  return { facts: found.slice(0, limit), total: found.length }
}

/** The lines that state facts: of the digest, and those that a fold would make of the tail. */
export function factLines({ head, tail }: Snapshotted): readonly DigestLine[] {
  const all = [
    ...(head?.digest ?? []).filter((line) => kindOf(line) !== undefined),
    ...extractFactLines(tail),
    ...extractSlotLines(tail),
  ]
  return dropSuperseded(mergeLines(all))
}

/** The kind of fact that a line states; none for what was only said. */
export function kindOf({ kind, section }: DigestLine): LineKind | undefined {
  if (kind) return kind
  switch (section) {
    case 'decisions':
      return 'decision'
    case 'state':
      return 'slot'
    case 'facts':
      return 'note'
    default:
      return undefined
  }
}

function entriesOf(line: DigestLine, row: FactOverride | undefined): readonly FactEntry[] {
  const own = row && row.decidedAt >= newest(line) ? row : undefined
  const kind = kindOf(line) ?? 'note'
  const subject = line.label ?? ''
  const former = line.former ?? []
  const corrected = typeof own?.text === 'string' ? own.text : undefined
  const entry: FactEntry = {
    id: line.id,
    kind,
    subject,
    value: corrected ?? (own ? own.found : line.text),
    sources: line.sources,
    status: own?.text === null ? 'removed' : 'current',
    former,
    ...(corrected === undefined || !own ? {} : { found: own.found }),
    isEditable: true,
  }
  const before = former
    .filter(({ text }) => text !== line.text)
    .map(({ text, seq }): FactEntry => ({
      id: `${line.id}:${seq}`,
      kind,
      subject,
      value: text,
      sources: [seq],
      status: 'superseded',
      supersededBy: line.id,
      former: [],
      isEditable: false,
    }))
  return [entry, ...before]
}

/** A fact that a person has dealt with, and whose line is not in the digest now. */
function lostEntry(row: FactOverride): FactEntry {
  return {
    id: row.id,
    kind: row.kind ?? 'note',
    subject: row.label ?? '',
    value: row.text ?? row.found,
    sources: row.sources,
    status: row.text === null ? 'removed' : 'current',
    former: [],
    ...(typeof row.text === 'string' ? { found: row.found } : {}),
    isEditable: true,
  }
}

function namedEntry({ supersededBy, ...fact }: NamedFact): FactEntry {
  return {
    ...fact,
    id: `${fact.kind}:${fact.value}`,
    status: supersededBy === undefined ? 'current' : 'superseded',
    ...(supersededBy === undefined ? {} : { supersededBy }),
    former: [],
    isEditable: false,
  }
}

function newest({ sources }: { readonly sources: readonly Seq[] }): Seq {
  return sources.at(-1) ?? 0
}
