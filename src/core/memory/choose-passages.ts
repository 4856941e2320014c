import { textOf, type Message, type Seq } from '../session/message.ts'
import type { Reference } from './find-references.ts'

/** A piece of a stored message's text, by place, so that it can be read again to the letter. */
export interface PassageRef {
  readonly seq: Seq
  readonly from: number
  readonly to: number
}

/** Characters shown before what was found, and in all. */
const LEAD_LENGTH = 120
const PASSAGE_LENGTH = 600
/** Most passages of one turn. */
const MAX_PASSAGES = 5
/** A word that stands in more messages than this is no clear reference; of an identifier the newest count. */
const RARE_MESSAGES = 3
/** Longest text of one message that is looked through. */
const MAX_SEARCHED_LENGTH = 200_000
/** Places of one term in one message that are looked at. */
const MAX_PLACES = 8

/**
 * The passages that a message clearly refers to, best first: an identifier of it stands there, something that it
 * says was spoken of does, or so many of its rarer words together that it is no chance.
 *
 * Pure and total. Rather nothing than a guess: what is added costs tokens and attention.
 *
 * @param messages - Stored messages that the context does not show.
 * @see SPEC.md rule AUTO2
 */
export function choosePassages(
  references: readonly Reference[],
  messages: readonly Message[],
): readonly PassageRef[] {
  const texts = messages.map((message) => textOf(message).slice(0, MAX_SEARCHED_LENGTH))
  const lower = texts.map((text) => text.toLowerCase())
  const rare = references.filter(({ term, kind }) => {
    const holding = lower.filter((text) => text.includes(term)).length
    return holding > 0 && (kind === 'identifier' || holding <= RARE_MESSAGES)
  })
  if (rare.length === 0) return []
  const found = messages.flatMap(({ seq }, at) => {
    const best = bestWindow(lower[at] ?? '', rare)
    if (!best || !isClear(best.held)) return []
    const score = best.held.reduce((sum, { weight, kind }) => sum + weight + POINTS[kind], 0)
    return [{ seq, score, ...toLines(texts[at] ?? '', best.at) }]
  })
  return found
    .toSorted((a, b) => b.score - a.score || b.seq - a.seq)
    .slice(0, MAX_PASSAGES)
    .map(({ seq, from, to }) => ({ seq, from, to }))
}

const POINTS: Readonly<Record<Reference['kind'], number>> = { identifier: 4, cued: 2, word: 0 }

/** Whether what stands together can hardly be there by chance. */
function isClear(held: readonly Reference[]): boolean {
  if (held.some(({ kind }) => kind === 'identifier' || kind === 'cued')) return true
  return held.reduce((sum, { weight }) => sum + weight, 0) >= 2
}

interface Window {
  readonly at: number
  readonly held: readonly Reference[]
}

/** The place with most references around it, the first of equals. */
function bestWindow(text: string, references: readonly Reference[]): Window | undefined {
  let best: Window | undefined
  let most = 0
  for (const { term } of references) {
    let at = text.indexOf(term)
    for (let places = 0; at !== -1 && places < MAX_PLACES; places += 1) {
      const window = text.slice(Math.max(0, at - LEAD_LENGTH), at - LEAD_LENGTH + PASSAGE_LENGTH)
      const held = references.filter((reference) => window.includes(reference.term))
      const weight = held.reduce((sum, one) => sum + one.weight + POINTS[one.kind], 0)
      if (weight > most) {
        most = weight
        best = { at, held }
      }
      at = text.indexOf(term, at + PASSAGE_LENGTH)
    }
  }
  return best
}

/** The passage around a place, from the start of a line and to the end of one where these are near. */
function toLines(text: string, at: number): { readonly from: number; readonly to: number } {
  const first = Math.max(0, Math.min(at, text.length) - LEAD_LENGTH)
  const last = Math.min(text.length, first + PASSAGE_LENGTH)
  const start = text.indexOf('\n', first)
  const end = text.lastIndexOf('\n', last)
  return {
    from: first > 0 && start !== -1 && start < at ? start + 1 : first,
    to: last < text.length && end > at + LEAD_LENGTH ? end : last,
  }
}
