import { likeness, type Suspicion } from '../memory/loss-cues.ts'
import { standingRules } from '../memory/rules.ts'
import { splitSentences } from '../memory/sentences.ts'
import { textOf, type Message, type Seq } from '../session/message.ts'
import type { Evidence } from './probation.ts'

/** How alike two rules must be to count as the same. */
const SAME_RULE = 0.6
/** Share of the telling words that a covered message must have to be what was meant. */
const ABOUT_SHARE = 0.34

/**
 * Weighs a suspicion against what the fold covered and what the context held: 2 if a covered message says
 * what the context did not, 1 if the context held it in part, nothing if no covered message is about it,
 * or the context says it all: then the model overlooked it, and no rollback helps.
 *
 * @param context - What the model could read before the message: digest and verbatim messages.
 * @param found - Covered messages that the words were found in, best first.
 * @see SPEC.md rules PROB3, PROB4
 */
export function weighSuspicion(
  seq: Seq,
  suspicion: Suspicion,
  context: string,
  found: readonly Message[],
): Evidence | undefined {
  return suspicion.kind === 'rule-repeated'
    ? weighRules(seq, suspicion, context, found)
    : weighWords(seq, suspicion, context, found)
}

function weighRules(
  seq: Seq,
  { quotes }: Suspicion,
  context: string,
  found: readonly Message[],
): Evidence | undefined {
  // Sentence by sentence: only the beginning of a long line would be compared.
  const held = context.split('\n').flatMap((line) => splitSentences(line))
  for (const quote of quotes) {
    if (held.some((line) => likeness(line, quote) >= SAME_RULE)) continue
    const source = found.find(
      (message) =>
        (message.role === 'user' || message.role === 'system') &&
        standingRules(textOf(message)).some((rule) => likeness(rule.quote, quote) >= SAME_RULE),
    )
    if (!source) continue
    const detail = `message ${seq} repeats a rule of message ${source.seq} that the digest does not have`
    return { kind: 'rule-repeated', seq, covered: [source.seq], weight: 2, detail }
  }
  return undefined
}

function weighWords(
  seq: Seq,
  { kind, words }: Suspicion,
  context: string,
  found: readonly Message[],
): Evidence | undefined {
  if (words.length === 0) return undefined
  const held = context.toLowerCase()
  const enough = Math.max(1, Math.ceil(words.length * ABOUT_SHARE))
  for (const message of found) {
    const text = textOf(message).toLowerCase()
    const about = words.filter((word) => text.includes(word))
    if (about.length < enough) continue
    const missing = about.filter((word) => !held.includes(word))
    if (missing.length === 0) continue
    const weight = missing.length * 2 >= about.length ? 2 : 1
    const what = kind === 'said-again' ? 'says that it was said before' : 'asks for it'
    const detail = `message ${seq} ${what}; message ${message.seq} is covered and the context lacks ${missing.slice(0, 3).join(', ')}`
    return { kind, seq, covered: [message.seq], weight, detail }
  }
  return undefined
}
