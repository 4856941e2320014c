import { isTalk } from '../memory/is-talk.ts'
import { extractRules, isPasted, type FoundRule } from '../memory/rules.ts'
import type { DigestLine } from '../session/generation.ts'
import type { Message, Seq } from '../session/message.ts'
import { digestLine } from './digest-lines.ts'

/** Rules are worth more than anything else: only for them a digest may grow. */
const SALIENCE = { rule: 100, request: 700, pasted: 150 } as const

/**
 * Standing instructions and corrections of the user and the system, quoted verbatim. What a tool or the
 * model says is never read.
 *
 * @see SPEC.md rules DIG4, RULE1–RULE3, RULE6
 */
export function extractRuleLines(messages: readonly Message[]): readonly DigestLine[] {
  const lines: DigestLine[] = []
  const asked = isTalk(messages) ? ['system'] : ['user', 'system']
  for (const { role, parts, seq } of messages) {
    if (!asked.includes(role)) continue
    for (const part of parts) {
      if (part.type !== 'text') continue
      for (const { kind, quote } of extractRules(part.text)) {
        lines.push(ruleLine(kind, quote, seq, isPasted(part.text)))
      }
    }
  }
  return lines
}

function ruleLine(
  kind: FoundRule['kind'],
  quote: string,
  seq: Seq,
  wasPasted: boolean,
): DigestLine {
  switch (kind) {
    case 'rule':
      return digestLine('rules', `“${quote}”`, seq, SALIENCE.rule)
    case 'correction':
      return digestLine('corrections', `“${quote}”`, seq, SALIENCE.rule)
    case 'request':
      return {
        ...digestLine('quotes', quote, seq, wasPasted ? SALIENCE.pasted : SALIENCE.request),
        label: 'User',
        origin: 'user',
      }
  }
}
