import { extractRules } from '../memory/rules.ts'
import type { DigestLine } from '../session/generation.ts'
import type { Message } from '../session/message.ts'
import { digestLine } from './digest-lines.ts'

/** Rules are worth more than anything else: only for them a digest may grow. */
const SALIENCE = 100

/**
 * Standing instructions and corrections of the user and the system, quoted verbatim. What a tool or the
 * model says is never read.
 *
 * @see SPEC.md rules DIG4, RULE1–RULE3
 */
export function extractRuleLines(messages: readonly Message[]): readonly DigestLine[] {
  const lines: DigestLine[] = []
  for (const { role, parts, seq } of messages) {
    if (role !== 'user' && role !== 'system') continue
    for (const part of parts) {
      if (part.type !== 'text') continue
      for (const { kind, quote } of extractRules(part.text)) {
        const section = kind === 'rule' ? 'rules' : 'corrections'
        lines.push(digestLine(section, `“${quote}”`, seq, SALIENCE))
      }
    }
  }
  return lines
}
