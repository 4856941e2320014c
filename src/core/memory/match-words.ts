import { textOf, type Message } from '../session/message.ts'
import type { RecallHit } from '../session/recall-hit.ts'

/** Characters shown around a match. */
const PASSAGE_LENGTH = 400
/** Longest text of one message that is searched, in UTF-16 code units. */
const MAX_SEARCHED_LENGTH = 2_000_000

/** A query taken apart into words, lower case. Identifiers with / . _ - stay whole. */
export function queryWords(query: string): readonly string[] {
  const words = query
    .slice(0, 2_000)
    .toLowerCase()
    .match(/[\p{L}\p{N}][\p{L}\p{N}_./@:-]*/gu)
  return [...new Set((words ?? []).map((word) => word.replace(/[./:-]+$/, '')))].slice(0, 32)
}

/**
 * Scores one message against the words of a query: by how many of them it has, and how rare long
 * words are. Undefined if it has none.
 *
 * @see SPEC.md rule REC1
 */
export function matchWords(message: Message, words: readonly string[]): RecallHit | undefined {
  const text = textOf(message).slice(0, MAX_SEARCHED_LENGTH)
  const lower = text.toLowerCase()
  let score = 0
  let at = -1
  let longest = 0
  for (const word of words) {
    const found = lower.indexOf(word)
    if (found === -1) continue
    score += 1 + Math.min(word.length, 20) / 10
    if (word.length > longest) {
      longest = word.length
      at = found
    }
  }
  if (at === -1) return undefined
  return {
    seq: message.seq,
    role: message.role,
    text: passageAround(text, at),
    score,
    active: message.active,
  }
}

function passageAround(text: string, at: number): string {
  const from = Math.max(0, at - PASSAGE_LENGTH / 2)
  const to = Math.min(text.length, from + PASSAGE_LENGTH)
  const passage = text.slice(from, to).toWellFormed()
  return `${from > 0 ? '…' : ''}${passage}${to < text.length ? '…' : ''}`
}
