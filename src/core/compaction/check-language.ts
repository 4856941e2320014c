import { isProposal } from '../summarise/patchable.ts'
import { keepsLanguage, languageOf } from '../summarise/language-of.ts'
import type { CheckResult, DigestLine } from '../session/generation.ts'

/** What people and the model said that is read to tell the language, in UTF-16 code units. */
const MAX_LENGTH = 6_000

export interface LanguageChecked {
  readonly check: CheckResult
  /** The lines without those in another language. */
  readonly lines: readonly DigestLine[]
}

/**
 * Takes proposed lines out that are in another language or script than the session. What code extracted is quoted, and
 * stays. Where the language can't be told, nothing goes.
 *
 * @param spoken - What was said in the session, the newest first.
 * @see SPEC.md rule CHK5
 */
export function checkLanguage(
  lines: readonly DigestLine[],
  spoken: readonly string[],
): LanguageChecked {
  let read = ''
  for (const text of spoken) {
    if (read.length >= MAX_LENGTH) break
    read += `${text.slice(0, MAX_LENGTH / 4)}\n`
  }
  const written = languageOf(read)
  const kept = lines.filter((line) => !isProposal(line) || keepsLanguage(line.text, written))
  const dropped = lines.length - kept.length
  const check: CheckResult =
    dropped === 0
      ? { name: 'language', outcome: 'passed', detail: 'no line is in a language of its own' }
      : {
          name: 'language',
          outcome: 'mended',
          detail: `${dropped} lines in another language than the session were dropped`,
        }
  return { check, lines: kept }
}
