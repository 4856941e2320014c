import { textOf, type Draft } from '../session/message.ts'
import { extractRules } from './rules.ts'
import { queryWords } from './match-words.ts'
import { splitSentences } from './sentences.ts'

/** What makes a message look as if something had been lost. */
export type LossKind = 'said-again' | 'rule-repeated' | 'asked-for'

/** A message that may show a loss, and the words by which to look for what it is about. */
export interface Suspicion {
  readonly kind: LossKind
  /** The sentence that gave the cue, or the rules of the message. */
  readonly quotes: readonly string[]
  readonly words: readonly string[]
}

/** A person says that something was said before, or forgotten. */
const SAID_AGAIN: readonly RegExp[] = [
  /\b(?:i(?:['’]ve| have)? (?:already|just) (?:told|said|gave|given|mentioned|explained)|as i (?:said|told|mentioned|explained)|like i (?:said|told)|i (?:said|told you)(?: that| this)? (?:already|before|earlier)|how many times|you forgot|you(?:['’]ve| have) forgotten|did you forget|remember (?:when|that|what) i (?:said|told)|told you (?:already|before|earlier|not to|to ))/i,
  /(?<!\p{L})(?:(?:hab|habe|hatte) (?:ich )?(?:dir |euch |ihnen )?(?:doch |ja )?(?:schon|bereits) (?:gesagt|erklärt|erwähnt|geschrieben)|wie (?:ich )?(?:schon |bereits )?(?:gesagt|erwähnt)|(?:du hast|sie haben|hast du|haben sie) .{0,40}vergessen|schon (?:mal )?gesagt)(?!\p{L})/iu,
  /(?<!\p{L})(?:(?:je|j['’])\s?(?:te |vous |l['’])?(?:ai|avais) déjà (?:dit|demandé|expliqué)|comme je (?:l['’]ai |te l['’]ai |vous l['’]ai )?(?:déjà )?dit|tu as oublié|vous avez oublié)(?!\p{L})/iu,
  /(?<!\p{L})(?:ya (?:te|le|se) lo dije|ya te (?:dije|había dicho)|como (?:ya )?(?:te )?(?:dije|mencioné)|(?:te )?olvidaste|has olvidado|se te olvidó)(?!\p{L})/iu,
  /(?<!\p{L})(?:(?:te l['’]|l['’]|ti )ho già detto|come ho (?:già )?detto|hai dimenticato|já (?:te )?(?:disse|falei)|como (?:eu )?(?:já )?disse|você esqueceu)(?!\p{L})/iu,
  /(?:я (?:уже|же) (?:говорил|сказал|просил|писал)|как я (?:уже )?(?:говорил|сказал|писал)|(?:ты|вы) забыл)/iu,
  /(?:我(?:已经|刚才|刚刚|之前|早就)?(?:说过|讲过|告诉过你|提过)|跟你说过|你忘了|你忘记)/u,
  /(?:(?:もう|さっき|前に|既に)(?:言っ|伝え|話し|説明し)|言った(?:でしょ|よね|はず)|忘れ(?:た|ました|ている|てる))/u,
]

/** The model asks for what it was given before. */
const ASKED_FOR: readonly RegExp[] = [
  /\b(?:(?:could|can|would) you (?:please )?(?:remind me|repeat|re-?send|re-?share|tell me again|paste .{1,60} again|provide .{1,60} again)|remind me (?:what|which|where|how|of)|i (?:no longer|don['’]t|do not) (?:have|see) .{0,40}(?:earlier|previous|original|prior)|i (?:don['’]t|do not|can['’]t|cannot) (?:recall|remember)|what was .{1,60} again\b)/i,
  /(?<!\p{L})(?:(?:kannst|könntest|können|könnten) (?:du|sie) .{0,40}(?:nochmal|noch einmal|erneut|wiederholen)|ich (?:erinnere mich nicht|habe .{0,40}nicht mehr))(?!\p{L})/iu,
  /(?<!\p{L})(?:(?:peux-tu|pouvez-vous|pourriez-vous) .{0,30}(?:rappeler|répéter|redonner)|je n['’]ai plus)(?!\p{L})/iu,
  /(?<!\p{L})(?:(?:puedes|podrías|podría) .{0,30}(?:recordarme|repetir|decirme de nuevo)|ya no tengo)(?!\p{L})/iu,
  /(?:напомни(?:те)? мне|не могли бы вы повторить|(?:请|能否|可以)?(?:再|重新)(?:告诉|提供|发送|说)(?:一遍|一次|我)|もう一度(?:教え|送っ|言っ))/iu,
]

/** Longest beginning of a message in which cues are looked for. */
const MAX_READ_LENGTH = 8_000

/**
 * Tells whether a message looks as if the model had lost something: the user says so or repeats a rule, or
 * the model asks for what it should know. Cheap; whether it is so has to be looked up.
 *
 * @see SPEC.md rule PROB2
 */
export function suspectLoss(message: Pick<Draft, 'role' | 'parts'>): Suspicion | undefined {
  const isUser = message.role === 'user'
  if (!isUser && message.role !== 'assistant') return undefined
  const spoken = message.parts.filter((part) => part.type === 'text')
  const text = textOf({ parts: spoken }).slice(0, MAX_READ_LENGTH)
  if (!text) return undefined
  const cues = isUser ? SAID_AGAIN : ASKED_FOR
  const cued = splitSentences(text).find((sentence) => cues.some((cue) => cue.test(sentence)))
  if (cued !== undefined) {
    return { kind: isUser ? 'said-again' : 'asked-for', quotes: [cued], words: tellingWords(text) }
  }
  const rules = isUser ? extractRules(text).map(({ quote }) => quote) : []
  if (rules.length === 0) return undefined
  return { kind: 'rule-repeated', quotes: rules, words: tellingWords(rules.join(' ')) }
}

/** Words that tell what a text is about: long ones, and what has a digit or sign in it. */
export function tellingWords(text: string): readonly string[] {
  return queryWords(text).filter(
    (word) => word.length >= 5 || /[^\p{L}]/u.test(word) || isDense(word),
  )
}

/** Scripts without spaces between words say much in few characters. */
function isDense(word: string): boolean {
  return word.length >= 2 && word.charCodeAt(0) >= 0x2e80
}

/** Share of the words of the shorter text that both have, 0 to 1. */
export function likeness(one: string, other: string): number {
  const [a, b] = [new Set(queryWords(one)), new Set(queryWords(other))]
  if (a.size === 0 || b.size === 0) return 0
  const shared = [...a].filter((word) => b.has(word)).length
  return shared / Math.max(3, Math.min(a.size, b.size))
}
