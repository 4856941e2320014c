import { hashText } from '../session/chain.ts'
import type { DigestLine, Section } from '../session/generation.ts'
import type { Seq } from '../session/message.ts'
import { joinFormer } from '../memory/facts/fact.ts'
import { oneLine } from './digest-text.ts'

/** Most sources kept with one line: the first and the newest. */
const MAX_SOURCES = 12

/** Tokens of a dash, one source in brackets and the line break. */
const FRAME_TOKENS = 7

/** Makes a line. Its id depends on section and text only, so the same finding keeps its id. */
export function digestLine(
  section: Section,
  text: string,
  seq: Seq,
  salience: number,
  extra: {
    readonly key?: string
    readonly artifact?: string
    readonly kind?: NonNullable<DigestLine['kind']>
  } = {},
): DigestLine {
  const shown = oneLine(text)
  return {
    id: hashText(`${section}\n${extra.key ?? shown}`).slice(0, 12),
    section,
    text: shown,
    sources: [seq],
    tokens: 0,
    salience,
    ...(extra.artifact === undefined ? {} : { artifact: extra.artifact }),
    ...(extra.kind === undefined ? {} : { kind: extra.kind }),
  }
}

/**
 * Joins lines of the same id: sources of all, text and salience of the newest. The order is that of
 * first appearance, so the result depends on nothing but the input.
 */
export function mergeLines(lines: readonly DigestLine[]): readonly DigestLine[] {
  const byId = new Map<string, DigestLine>()
  for (const line of lines) {
    const known = byId.get(line.id)
    byId.set(line.id, known ? joinLines(known, line) : line)
  }
  return [...byId.values()]
}

/** Counts a line's tokens: its text and what sets it off. Its label is counted with its group. */
export function countLine(line: DigestLine, count: (text: string) => number): DigestLine {
  return { ...line, tokens: count(line.text) + (line.label === undefined ? FRAME_TOKENS : 1) }
}

/** Tokens of the label of a group of lines, with the dash and the sources around it. */
export function countLabel(
  { label, sources }: DigestLine,
  count: (text: string) => number,
): number {
  return label === undefined ? 0 : count(label) + FRAME_TOKENS + Math.min(3, sources.length - 1) * 2
}

/** Newest message that a line stands for. */
export function newestSource(line: DigestLine): Seq {
  return line.sources.at(-1) ?? 0
}

function joinLines(known: DigestLine, line: DigestLine): DigestLine {
  const sources = [...new Set([...known.sources, ...line.sources])].toSorted((a, b) => a - b)
  const former = line.kind === 'slot' ? joinFormer(known, line) : []
  return {
    ...line,
    ...(former.length > 0 ? { former } : {}),
    sources:
      sources.length <= MAX_SOURCES
        ? sources
        : [...sources.slice(0, 1), ...sources.slice(1 - MAX_SOURCES)],
    salience: Math.max(known.salience, line.salience),
  }
}
