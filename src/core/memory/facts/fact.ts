import type { Seq } from '../../session/message.ts'

/** A value that something had before, with the message that gave it. */
export interface FormerValue {
  readonly text: string
  /** For an edited line, the message that took it away. */
  readonly seq: Seq
}

/** Kinds of facts that a line of a digest may state as a whole. */
export type LineKind = 'decision' | 'command' | 'change' | 'error' | 'slot' | 'note'

/** Kinds of facts: those of lines, and what is named in them. */
export type FactKind = LineKind | 'identifier' | 'path' | 'url' | 'amount' | 'date' | 'name'

/** Most former values kept of one thing. */
const MAX_FORMER = 4

interface Valued {
  readonly text: string
  readonly sources: readonly Seq[]
  readonly former?: readonly FormerValue[]
}

/** The former values of a line that takes the place of an older one. */
export function joinFormer(known: Valued, line: Valued): readonly FormerValue[] {
  const before =
    known.text === line.text ? [] : [{ text: known.text, seq: known.sources.at(-1) ?? 0 }]
  return lastFormer([...(known.former ?? []), ...before, ...(line.former ?? [])])
}

/** The newest of these values, each once in a row. */
export function lastFormer(values: readonly FormerValue[]): readonly FormerValue[] {
  if (values.length === 0) return values
  const distinct = values.filter(({ text }, index) => text !== values[index - 1]?.text)
  return distinct.slice(-MAX_FORMER)
}
