import { MAX_QUOTE_LENGTH, shorten, splitSentences } from './sentences.ts'

/** A standing instruction, a correction or a request, as the person said it. */
export interface FoundRule {
  readonly kind: 'rule' | 'correction' | 'request'
  /** The sentence verbatim. */
  readonly quote: string
}

/** Most rules taken from one message, so that a pasted manual can't fill the digest. */
export const MAX_RULES_PER_MESSAGE = 40

/**
 * Longest message whose every sentence is read. A longer one is mostly pasted: only its two ends speak for the
 * person.
 */
const MAX_READ_LENGTH = 3_000
const END_LENGTHS = { first: 1_200, last: 800 } as const

/** Where letters have accents, a word ends where no letter follows: `\b` knows ASCII only. */
const RULE_CUES: readonly RegExp[] = [
  /(?<!\b(?:i|i['’]ll|he|she|they|it|who) (?:will |would |also |just |still |really )?)\b(?:always|never|must(?:n['’]t| not)?|don['’]?t|do not|should(?:n['’]t| not)?|shall(?: not)?|cannot|can['’]t)\b/i,
  /\b(?:avoid|make sure|ensure|be sure to|only use|from now on|in (?:the )?future|keep in mind|no matter what|under no circumstances|required? to|stick to|refrain|please (?:use|keep|do|don|only|stop|write|make)|stop \w+ing|no need to|i (?:want|need|expect|['’]d like) (?:you|all|every) |i prefer )\b/i,
  /^(?:and |but |so |also,? |please |then )?(?:prefer|remember|without \w+ing)\b/i,
  /(?<!\p{L})(?:immer|niemals|nie|nicht mehr|bitte (?:nie|immer|nur|kein)|auf keinen Fall|muss|müssen|darf(?:st)? (?:nicht|nie|kein)|soll(?:en|st)?|ab jetzt|vermeide|verwende nur)(?!\p{L})/iu,
  /(?<!\p{L})(?:toujours|jamais|ne\s+\S+\s+(?:pas|plus|jamais)|n['’]\S+\s+(?:pas|plus|jamais)|il faut|doit|dois|devez|évite[rz]?|à partir de maintenant|désormais|seulement)(?!\p{L})/iu,
  /(?<!\p{L})(?:siempre|nunca|jamás|no (?:uses|hagas|debes|toques)|debes?|tiene[sn]? que|evita|a partir de ahora|solo usa|asegúrate)(?!\p{L})/iu,
  /(?<!\p{L})(?:sempre|mai|non (?:usare|fare|devi)|deve|devi|evita|d['’]ora in poi|nunca|não (?:use|faça|deve))(?!\p{L})/iu,
  /(?:всегда|никогда|нельзя|не надо|не нужно|должен|должна|должны|обязательно|больше не|избегай|только используй)/iu,
  /(?:必须|不要|不能|不许|不准|不得|务必|一定要|禁止|请勿|永远不|总是|始终|只能|只用|避免|记住|以后|今后|从现在开始)/u,
  /(?:しないで|してはいけ|必ず|絶対に|常に|禁止|ください|てはならない|使わないで|べきで)/u,
]

const CORRECTION_CUES: readonly RegExp[] = [
  /\b(?:instead of|rather than|not .{1,60}\bbut\b|i meant|i said|actually[, ]|that['’]?s (?:wrong|not|incorrect)|wrong[,.:]|no[,.] |nope|correction|change (?:it |that |this )?(?:to|from)|use .{1,60} not |undo|revert|replace .{1,80} (?:with|by)|switch(?:ed)? (?:to|from)|not what i|no longer (?:use|want|need|prefer|write|allowed|required|necessary|valid|forbidden|prohibited|banned)|(?:forget|disregard|ignore|scrap) (?:about )?(?:what i |everything i |(?:the|that|my) (?:\S{1,30} ){0,3}(?:rule|instruction|requirement))|allowed again|you (?:can|may) (?:now )?use .{1,60} again)/i,
  /(?<!\p{L})(?:statt|anstatt|anstelle|sondern|falsch|nein(?=[, ])|korrektur|ich meinte|vergiss|wieder erlaubt|(?:kannst|darfst) (?:jetzt |nun )?wieder)(?!\p{L})/iu,
  /(?<!\p{L})(?:au lieu de|plutôt que|non(?=,)|je voulais dire|oublie[sz]? (?:tout )?ce que|(?:autorisée?s?|permise?s?) (?:de|à) nouveau|(?:de|à) nouveau (?:autoris|permis)|en lugar de|en vez de|ya no|olvid(?:a|e|en) (?:todo )?lo que|sino|quise decir|invece di)(?!\p{L})/iu,
  /(?:вместо|неправильно|я имел в виду|而不是|改成|改为|不对|错了|代替|不再(?:使用|用|需要)|别再|忘掉|忘了我|可以(?:再|重新)|我的意思是|ではなく|じゃなくて|代わりに)/u,
]

/** Asks for something to be done once; kept as what was asked, not as a rule. */
const REQUEST_CUES: readonly RegExp[] = [
  /\b(?:only|please|let['’]?s|use|rename|change|remove|delete|add|fix|wait|not|never|always|must|should|without|stop|remember|instead|prefer|at (?:least|most)|no longer|unless|needs?|i(?:['’]d| would)? (?:like|want)|can you|could you|would you)\b|n['’]t\b/i,
  /(?<!\p{L})(?:nicht|bitte|kannst du|könntest du|ändere?|entferne?|füge?|s['’]il (?:te|vous) pla[iî]t|peux-tu|pouvez-vous|por favor|puedes|podrías|cambia|elimina|per favore|puoi|cambia|rimuovi|você pode|mude|remova)(?!\p{L})/iu,
  /(?:пожалуйста|можешь|измени|удали|добавь|请|别|一定|只|应该|希望|需要|想要|帮我|修改|删除|添加|なければ|てほしい|お願い|して)/u,
]

/**
 * Finds standing instructions, prohibitions, preferences and corrections by cue patterns.
 *
 * Only for text that the user or the system wrote: what a tool or a page says is never a rule.
 *
 * @see SPEC.md rules RULE1–RULE3
 */
export function extractRules(text: string): readonly FoundRule[] {
  const found: FoundRule[] = []
  const seen = new Set<string>()
  for (const sentence of splitSentences(readable(text))) {
    if (found.length >= MAX_RULES_PER_MESSAGE) break
    const quote = shorten(sentence, MAX_QUOTE_LENGTH)
    if (seen.has(quote)) continue
    const kind = classify(sentence)
    if (!kind) continue
    seen.add(quote)
    found.push({ kind, quote })
  }
  return found
}

/** The rules and corrections of a text, without what was asked for once. */
export function standingRules(text: string): readonly FoundRule[] {
  return extractRules(text).filter(({ kind }) => kind !== 'request')
}

function classify(sentence: string): FoundRule['kind'] | undefined {
  // A long line without spaces between words is data, not speech.
  if (
    sentence.length > 200 &&
    !/\s/.test(sentence.slice(0, 200)) &&
    sentence.charCodeAt(0) < 0x2e80
  ) {
    return undefined
  }
  const head = sentence.slice(0, 1_000)
  if (CORRECTION_CUES.some((cue) => cue.test(head))) return 'correction'
  if (RULE_CUES.some((cue) => cue.test(head))) return 'rule'
  return REQUEST_CUES.some((cue) => cue.test(head)) ? 'request' : undefined
}

/** Whether a message is too long to have been typed: most of it was pasted, and asks for nothing. */
export function isPasted(text: string): boolean {
  return text.length > MAX_READ_LENGTH
}

function readable(text: string): string {
  if (!isPasted(text)) return text
  return `${text.slice(0, END_LENGTHS.first)}\n${text.slice(-END_LENGTHS.last)}`
}
