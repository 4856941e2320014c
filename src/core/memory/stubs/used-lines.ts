import { partText, type Message, type Seq } from '../../session/message.ts'
import { eachPiece } from './each-line.ts'

/** Where something that messages name was said first and last. */
interface Mention {
  first: Seq
  last: Seq
}

/** What messages name, by name. Built once for all payloads of a stretch of the log. */
export type UseIndex = ReadonlyMap<string, Mention>

/** Runs of what identifiers, paths, numbers and words are made of. */
const NAME = /[\p{L}\p{N}_$@][\p{L}\p{N}_$@./#-]*/gu
const MAX_NAME_LENGTH = 160
const MAX_NAMES = 200_000
/** Characters read of one part: what somebody says is shorter, and a file that is written is long. */
const MAX_READ = 40_000

export interface UsedLinesOptions {
  /** Message that holds the payload: only what was said behind it counts. */
  readonly seq: Seq
  /** Most lines. Default 8. */
  readonly most?: number
}

/**
 * Indexes what the assistant said and gave to tools, and what people said. One pass, bounded in memory.
 *
 * @param messages - Ascending.
 */
export function indexUses(messages: readonly Pick<Message, 'seq' | 'role' | 'parts'>[]): UseIndex {
  const index = new Map<string, Mention>()
  for (const { seq, parts } of messages) {
    for (const part of parts) {
      if (part.type === 'tool-result') continue
      for (const name of namesIn(partText(part).slice(0, MAX_READ), mayIdentify)) {
        const known = index.get(name)
        if (known) known.last = seq
        else if (index.size < MAX_NAMES) index.set(name, { first: seq, last: seq })
      }
    }
  }
  return index
}

/**
 * The lines of a payload that later messages used: those with names that are said behind it, the rarer
 * a name is in the payload the more it counts, and less if it was said before already.
 *
 * Linear in the payload. Lines come verbatim, long ones in pieces, the best first.
 *
 * @see SPEC.md rules USE1–USE3
 */
export function findUsedLines(
  payload: string,
  uses: UseIndex,
  { seq, most = 8 }: UsedLinesOptions,
): readonly string[] {
  if (uses.size === 0) return []
  const isUsed = (name: string): boolean => (uses.get(name)?.last ?? 0) > seq
  const linesWith = new Map<string, number>()
  const hits: { readonly line: string; readonly names: readonly string[] }[] = []
  eachPiece(payload, (line) => {
    const names = namesIn(line, isUsed)
    if (names.length === 0) return
    for (const name of names) linesWith.set(name, (linesWith.get(name) ?? 0) + 1)
    if (hits.length < MAX_HITS) hits.push({ line, names })
  })
  const weigh = (name: string): number => {
    const known = (uses.get(name)?.first ?? 0) <= seq ? 0.2 : 1
    return (known * specificity(name)) / (linesWith.get(name) ?? 1)
  }
  const scored = hits.map(({ line, names }) => ({
    line,
    score: names.reduce((sum, name) => sum + weigh(name), 0),
  }))
  const best = scored
    .filter(({ score }) => score >= LEAST_SCORE)
    .toSorted((a, b) => b.score - a.score)
  return [...new Set(best.map(({ line }) => line.trim()))].slice(0, most)
}

const MAX_HITS = 20_000
/** A line is used if it has, say, one identifier that only three other lines have. */
const LEAST_SCORE = 0.25

/** What in a text may name something: whole, and each piece of a path or of a dotted name. */
function namesIn(text: string, isWanted: (name: string) => boolean): readonly string[] {
  const names = new Set<string>()
  const add = (name: string): void => {
    if (name.length >= 3 && isWanted(name)) names.add(name)
  }
  for (const [run] of text.matchAll(NAME)) {
    if (run.length > MAX_NAME_LENGTH) continue
    const name = /[./#-]$/.test(run) ? run.replace(/[./#-]+$/, '') : run
    add(name)
    if (/[./]/.test(name)) for (const piece of name.split(/[./]/)) add(piece)
  }
  return [...names]
}

function mayIdentify(name: string): boolean {
  return specificity(name) > 0
}

/** How surely a name is that of one thing: identifiers and numbers are, words are not. */
function specificity(name: string): number {
  if (/^\d+$/.test(name)) return name.length >= 4 ? 1 : 0.3
  if (/[\d_$@/.#]|\p{Ll}\p{Lu}/u.test(name)) return 1
  if (/-|^\p{Lu}{2,}$/u.test(name)) return 0.5
  return name.length >= 5 ? 0.1 : 0
}
