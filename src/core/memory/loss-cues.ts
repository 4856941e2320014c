import { textOf, type Draft } from '../session/message.ts'
import { standingRules } from './rules.ts'
import { queryWords } from './query-words.ts'
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

/**
 * A person says that something was said before, or that it was forgotten. To forget a semicolon is no
 * loss, and what was said to others is none either.
 */
const SAID_AGAIN: readonly RegExp[] = [
  /\b(?:i(?:['’]ve|['’]d| have| had)? (?:(?:already|just) )?told you\b|i(?:['’]ve| have)? (?:already|just) (?:(?:said|mentioned|explained)(?! .{0,12}\bto (?:the|my|our|them|him|her)\b)|(?:gave|given|sent|shown|showed) (?:it to |that to |this to )?you)\b|as i (?:said|told|mentioned|explained)|like i (?:said|told)|i said(?: that| this)? (?:already|before|earlier)|how many times (?:do|did|have|must|should|will) i .{0,20}\b(?:tell|told|say|said|explain|ask you|asked you|repeat myself)\b|(?:you(?:['’]ve| have)? (?:already |just )?forg[eo]t(?:ten)?|did you (?:already )?forget)(?: (?:again|already|what|my|our|everything|about (?:my|our|what)|that (?:we|i|you|it|the|this|there))\b|\s*(?:[.!?]|$))|remember (?:when|that|what) i (?:said|told))/i,
  /(?<!\p{L})(?:(?:hab(?:['’]s)?|habe|hatte) (?:ich )?(?:(?:dir|euch|ihnen) )?(?:(?:das|es) )?(?:(?:doch|ja) )?(?:schon|bereits) (?:(?:mal|einmal) )?(?:gesagt|erklärt|erwähnt)|(?:dir|euch) (?:(?:doch|ja) )?(?:schon|bereits) (?:(?:mal|einmal) )?geschrieben|wie (?:ich )?(?:(?:schon|bereits) )?(?:gesagt|erwähnt)|(?:du hast|hast du|sie haben|haben sie)(?: (?:das|es|alles|schon|wieder|etwa)){0,3}(?: (?:meine|unsere)[nr]? \p{L}{1,30})? vergessen(?:,? (?:dass|was|wie)|\s*[.!?]|$))(?!\p{L})/iu,
  /(?<!\p{L})(?:(?:je |j['’])(?:te |vous )?(?:l['’]|t['’])?(?:ai|avais) (?:bien )?déjà (?:dit|expliqué|précisé)(?! (?:aux?|à) )|je (?:te |vous )(?:l['’])?ai déjà demandé|comme je (?:te |vous )?(?:l['’]|t['’])?(?:ai |avais )?(?:déjà )?dit|(?:tu as|vous avez) (?:déjà )?oublié(?: que| ce que| ma| mon| mes| notre|\s*[.!?]|$))(?!\p{L})/iu,
  /(?<!\p{L})(?:ya (?:te|le|se) lo dije(?! al? )|ya te (?:lo )?(?:dije|he dicho|había dicho)|como (?:ya )?(?:te )?(?:dije|mencioné)|(?:(?:te )?olvidaste(?: de)?|(?:te )?has olvidado(?: de)?|se te olvidó)(?: que| lo que| mis?|\s*[.!?]|$))(?!\p{L})/iu,
  /(?<!\p{L})(?:(?:te l['’]|l['’]|ti )(?:ho|avevo) già detto(?! a(?:l|lla|gli|i)? )|come (?:ti )?(?:ho|avevo) (?:già )?detto|(?:hai|ti sei) (?:già )?dimenticat[oa](?: che| cosa| quello che| (?:il mio|la mia|le mie)|\s*[.!?]|$)|já (?:te|lhe) (?:disse|falei)|eu já (?:disse|falei)(?! (?:aos?|com|para) )|como (?:eu (?:já )?|já )(?:te )?(?:disse|falei)|você (?:já )?(?:se )?esqueceu(?: que| de que| do que| o que|\s*[.!?]|$))(?!\p{L})/iu,
  /(?<!\p{L})(?:я (?:тебе |вам )?(?:уже|же) (?:тебе |вам )?(?:говорила?|сказала?|объяснила?|объясняла?)(?! со? )|я (?:тебе|вам) (?:говорила?|писала?)|как я (?:уже )?(?:говорила?|сказала?|писала?)|(?:ты|вы) (?:уже |опять )?забыл[аи]?(?:,? что|,? как|\s*[.!?]|$))(?!\p{L})/iu,
  /(?:(?<![跟和对给向])我(?:已经|刚才|刚刚|之前|早就)?(?:说过|讲过|告诉过你|提到过)|我.{0,4}跟你说过|你(?:是不是|又|已经)?忘(?:了|记了?)(?:我|之前|刚才|吗|[。！？!?]|$))/u,
  /(?:(?<!に|へ|には|とは)(?:もう|さっき|前に|既に)(?:言っ|言い|伝え|話し|説明し)|言った(?:でしょ|よね|はず)|忘れた(?:の|ん)(?:です)?か|もう忘れ(?:た|まし))/u,
]

/** The model asks for what it was given before. To ask that something be done again is no loss. */
const ASKED_FOR: readonly RegExp[] = [
  /\b(?:(?:could|can|would) you (?:please )?(?:remind me|repeat (?:that|what|your|the (?:question|request|instructions?|requirements?|details|rules?))\b|re-?send|re-?share|tell me again|(?:paste|provide) .{1,60} again)|remind me (?:what|which|where|how|of)|i (?:no longer|don['’]t|do not) (?:have|see) .{0,40}\b(?:earlier|previous|original|prior) (?:messages?|conversation|instructions?|discussion|context|requests?|turns?)\b|i (?:don['’]t|do not|can['’]t|cannot) (?:recall|remember)|what was .{1,60} again\s*\?)/i,
  /(?<!\p{L})(?:(?:kannst|könntest|können|könnten) (?:du|sie) .{0,40}(?:noch ?mal|noch einmal|erneut) (?:sagen|nennen|mitteilen|erklären|beschreiben|einfügen|schicken|geben)|(?:kannst|könntest|können|könnten) (?:du|sie) .{0,20}wiederholen,? (?:was|welche|wie)|ich erinnere mich nicht|ich habe .{0,40}nicht mehr (?:vorliegen|parat|im kontext|vor mir))(?!\p{L})/iu,
  /(?<!\p{L})(?:(?:peux-tu|pourrais-tu|pouvez-vous|pourriez-vous) .{0,20}(?:(?:me|nous) rappeler (?:ce|quel(?:le)?s?|où|comment|la|les?|votre|vos|ton|ta|tes)|redonner|répéter (?:ce|la question|votre|ta))|je n['’]ai plus (?:accès (?:à|aux?) )?(?:(?:la|le|les|nos|vos|tes) )?(?:conversation|échanges|messages|contexte|début|détails|consignes))(?!\p{L})/iu,
  /(?<!\p{L})(?:(?:puedes|podrías|puede|podría) .{0,30}(?:recordarme|decirme de nuevo|repetir(?:me)? (?:lo que|qué|cuál|la pregunta|la instrucción|el mensaje|tus?))|ya no tengo (?:acceso )?(?:(?:al?|el|la|los|a la|a los|tus?) )?(?:contexto|conversación|mensajes?|detalles|instrucciones))(?!\p{L})/iu,
  /(?<!\p{L})(?:(?:puoi|potresti|può|potrebbe) .{0,30}(?:ricordarmi|ripetermi|ridirmi)|(?:pode|poderia) .{0,30}(?:me lembrar|me recordar|lembrar-me|repetir o que))(?!\p{L})/iu,
  /(?:(?<!\p{L})(?:напомни(?:те)?(?:, пожалуйста,)? (?:мне|как|что|где)|могли бы вы (?:напомнить|повторить(?:,? что| вопрос)))|(?:请|能否|可以|麻烦)(?:您|你)?(?:再|重新)(?:告诉我|说一[遍次]|提供一[遍次下]|发(?:送)?给我)|もう一度(?:教え|送っ|言っ|伝え|貼っ)て(?:ください|いただけ|もらえ|くれ))/iu,
]

/** The words of the cues themselves tell nothing of what was said. */
const CUE_WORDS: ReadonlySet<string> = new Set(
  [...SAID_AGAIN, ...ASKED_FOR].flatMap(
    ({ source }) => source.replace(/\\\w/g, ' ').match(/\p{L}+/gu) ?? [],
  ),
)

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
    const words = tellingWords(text).filter((word) => !CUE_WORDS.has(word))
    return { kind: isUser ? 'said-again' : 'asked-for', quotes: [cued], words }
  }
  const rules = isUser ? standingRules(text).map(({ quote }) => quote) : []
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
  const [a, b] = [new Set(comparedWords(one)), new Set(comparedWords(other))]
  if (a.size === 0 || b.size === 0) return 0
  const shared = [...a].filter((word) => b.has(word)).length
  return shared / Math.max(3, Math.min(a.size, b.size))
}

/** The words of a text; where a script has no spaces between them, its pairs of characters. */
function comparedWords(text: string): readonly string[] {
  return queryWords(text).flatMap((word) =>
    isDense(word) ? Array.from(word.slice(1), (next, at) => `${word[at]}${next}`) : [word],
  )
}
