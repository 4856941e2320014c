import { oneLine } from '../core/compaction/digest-text.ts'
import { shorten } from '../core/memory/sentences.ts'

/** Longest reason that is stored and shown. */
const MAX_REASON_LENGTH = 299

/** Why something failed, as one short line: whatever it was that was thrown. */
export function failureText(failure: unknown): string {
  return shorten(oneLine(textOf(failure)), MAX_REASON_LENGTH) || 'it failed without a reason'
}

/** What was thrown may be anything, also what has no text or throws when asked for it. */
function textOf(failure: unknown): string {
  try {
    const told: unknown = failure instanceof Error ? failure.message : failure
    return String(told)
      .slice(0, 10 * MAX_REASON_LENGTH)
      .toWellFormed()
  } catch {
    return ''
  }
}
