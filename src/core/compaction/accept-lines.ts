import { shorten } from '../memory/sentences.ts'
import type { DigestLine, Section } from '../session/generation.ts'
import type { Message, Seq } from '../session/message.ts'
import { isSupported } from './check.ts'
import { digestLine } from './digest-lines.ts'
import { oneLine } from './digest-text.ts'

/** Sections that an extractor from outside may add to. All others are owned by code. */
export type OpenSection = Extract<Section, 'decisions' | 'state' | 'facts' | 'open'>

const OPEN_SECTIONS: readonly OpenSection[] = ['decisions', 'state', 'facts', 'open']

/** A line as an extractor from outside proposes it. */
export interface ProposedLine {
  readonly section: OpenSection
  /** One line; line breaks become spaces, and it is shortened to 600 characters. */
  readonly text: string
  /** Messages of the block that it stands for. Every identifier in the text must stand in them. */
  readonly sources: readonly Seq[]
  /** How much it is worth keeping, 0 to 90; 30 by default. */
  readonly salience?: number
}

/** Most lines taken from one answer. */
const MAX_LINES = 200
const MAX_LINE_LENGTH = 600
const MAX_SOURCES = 12
const DEFAULT_SALIENCE = 30
const MAX_SALIENCE = 90

export type AcceptedLines =
  | {
      readonly kind: 'accepted'
      readonly lines: readonly DigestLine[]
      /** Lines that were dropped: of a wrong shape, or saying more than their sources. */
      readonly dropped: number
    }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Takes what may be taken of an answer that nothing is known of: lines of an open section, with
 * sources inside the block, that name nothing which their sources do not.
 *
 * Total and pure. An answer of which nothing is left is refused as a whole, so that it counts as a failure.
 *
 * @see SPEC.md rules EXT4, EXT5
 */
export function acceptLines(answer: unknown, messages: readonly Message[]): AcceptedLines {
  if (!Array.isArray(answer)) {
    return { kind: 'refused', reason: 'its answer is not a list of lines' }
  }
  const bySeq = new Map(messages.map((message) => [message.seq, message]))
  const proposed: readonly unknown[] = answer.slice(0, MAX_LINES)
  const lines = proposed.flatMap((line) => acceptLine(line, bySeq) ?? [])
  if (lines.length === 0 && answer.length > 0) {
    return { kind: 'refused', reason: `none of its ${answer.length} lines stands in its sources` }
  }
  return { kind: 'accepted', lines, dropped: answer.length - lines.length }
}

function acceptLine(proposed: unknown, bySeq: ReadonlyMap<Seq, Message>): DigestLine | undefined {
  if (typeof proposed !== 'object' || proposed === null) return undefined
  const fields: Partial<Record<string, unknown>> = { ...proposed }
  const section = OPEN_SECTIONS.find((open) => open === fields['section'])
  const text = typeof fields['text'] === 'string' ? oneLine(fields['text'].toWellFormed()) : ''
  const sources = sourcesOf(fields['sources'], bySeq)
  const first = sources[0]
  if (!section || !text.trim() || first === undefined) return undefined
  const shown = shorten(text, MAX_LINE_LENGTH)
  const line = { ...digestLine(section, shown, first, salienceOf(fields['salience'])), sources }
  const stood = sources.flatMap((seq) => bySeq.get(seq) ?? [])
  return isSupported(line, stood) ? line : undefined
}

/** The sources in ascending order; none if one of them is not in the block. */
function sourcesOf(value: unknown, bySeq: ReadonlyMap<Seq, Message>): readonly Seq[] {
  const given: readonly unknown[] = Array.isArray(value) ? value.slice(0, 1_000) : []
  const seqs = given.flatMap((seq) => (typeof seq === 'number' && bySeq.has(seq) ? [seq] : []))
  if (seqs.length !== given.length) return []
  return [...new Set(seqs)].toSorted((a, b) => a - b).slice(0, MAX_SOURCES)
}

function salienceOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return DEFAULT_SALIENCE
  return Math.min(MAX_SALIENCE, Math.max(0, value))
}
