import type { Message } from '../../session/message.ts'
import type { RecallHit, RecallPassage } from '../../session/recall-hit.ts'
import { MARK, type PackedHit } from './pack-hits.ts'

/** Longest stretch between two passages that can only be the white space that parted them. */
const MAX_GAP = 8

/**
 * A hit as it is answered: its passages with what parts them left out, those that touch as one.
 *
 * @param text - The message's text as recall sees it.
 */
export function showHit(message: Message, text: string, packed: PackedHit): RecallHit {
  const passages: RecallPassage[] = []
  for (const passage of packed.passages) {
    const last = passages.at(-1)
    const end = last && last.offset + last.text.length
    if (last && end !== undefined && isGap(text, end, passage.offset)) {
      const whole = text.slice(last.offset, passage.offset + passage.text.length)
      passages[passages.length - 1] = { ...last, text: whole.toWellFormed() }
    } else passages.push({ offset: passage.offset, text: passage.text })
  }
  const first = passages[0]?.offset ?? 0
  const last = passages.at(-1)
  const end = last ? last.offset + last.text.length : 0
  const before = isBlank(text, 0, first) ? '' : '…'
  const after = isBlank(text, end, text.length) ? '' : '…'
  return {
    seq: message.seq,
    role: message.role,
    text: `${before}${passages.map((passage) => passage.text).join(MARK)}${after}`,
    score: packed.score,
    active: message.active,
    passages,
  }
}

function isGap(text: string, from: number, to: number): boolean {
  return to - from <= MAX_GAP && isBlank(text, from, to)
}

/** Whether nothing but white space stands there; more than a little is not looked at. */
function isBlank(text: string, from: number, to: number): boolean {
  return text.slice(from, Math.min(to, from + 1_000)).trim() === ''
}
