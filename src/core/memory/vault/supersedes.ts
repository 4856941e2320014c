import {
  countTerms,
  foreignTerms,
  holdsTerms,
  sameTerms,
  termsOf,
  type RuleTerms,
} from './rule-terms.ts'

/** What a later statement does to an earlier rule that is about the same. */
type Deed =
  /** Takes what was demanded out of use. */
  | 'drop'
  /** Allows what was forbidden. */
  | 'lift'
  /** Takes back whatever was said. */
  | 'forget'

interface Cue {
  readonly deed: Deed
  /** Its first group is what is spoken of, unless that stands before it. */
  readonly pattern: RegExp
  readonly isBehind: boolean
}

/** A statement, read for what it may take the place of. */
export interface ReadRule {
  readonly terms: RuleTerms
  /** What it is about besides what it gives up itself. */
  readonly wanted: RuleTerms
  readonly isNegative: boolean
  /** Whether it says more than one thing. */
  readonly isJoined: boolean
  readonly deeds: readonly {
    readonly deed: Deed
    readonly former: RuleTerms
    /** What limits it to some cases. */
    readonly scope: RuleTerms
  }[]
  /** Whether it holds for this one time or place only. */
  readonly isPassing: boolean
}

/** Longest statement that is read, in UTF-16 code units. */
const MAX_LENGTH = 600
/** Longest phrase before a cue, in UTF-16 code units. */
const MAX_PHRASE = 60
/** Most terms that can be given up at once: more are no name of something. */
const MAX_FORMER = 4
/** Most that an earlier rule may say besides: two words, or four wide characters. */
const MOST_BESIDES = 4

/** A phrase of at most 60 characters within one clause; a dot or colon may stand inside a name. */
const P = '((?:[^,.;:!?，。；：！？、\\n]|[.:](?=\\S)){1,60})'
const SHORT = '((?:[^,.;:!?，。；：！？、\\n]|[.:](?=\\S)){1,60}?)'
const WIDE = '([^,.;，。；：！？、的了\\s]{1,30})'

/** Begins a cue that stands behind what is spoken of: looking for the phrase first would cost its length each time. */
const BEHIND = '^'

const DROPS: readonly string[] = [
  `\\b(?:instead of|rather than|in place of)\\s+${P}`,
  `\\bnot\\s+(?!only\\b|just\\b|merely\\b|simply\\b)${SHORT},?\\s+but\\s+(?!also\\b)`,
  `\\b(?:use|write|want|prefer|take)\\s[^,]{1,60},\\s+(?:and\\s+)?not\\s+${P}`,
  `\\bno longer\\s+(?:use|using|want|need|prefer|do|write|take|answer in|reply in)\\s+${P}`,
  `${BEHIND}\\s+(?:is|are) no longer (?:used|wanted|needed|required|necessary|valid|allowed|preferred)\\b`,
  `\\b(?:don['’]?t|do not|stop|never)\\s+${SHORT}\\s+any ?(?:more|longer)\\b`,
  `\\b(?:switch(?:ed)?|move[d]?|change[d]?|migrate[d]?)\\s+(?:over\\s+)?from\\s+${SHORT}\\s+to\\b`,
  `(?<!\\p{L})(?:anstatt|statt|anstelle(?:\\s+(?:von|des|der))?)\\s+${P}`,
  `(?<!\\p{L})nicht\\s+(?!nur(?!\\p{L})|mehr(?!\\p{L}))${SHORT},?\\s+sondern(?!\\p{L})`,
  `(?<!\\p{L})kein(?:e[nmrs]?)?\\s+${SHORT}\\s+mehr(?!\\p{L})`,
  `(?<!\\p{L})nicht mehr\\s+${P}`,
  `${BEHIND}\\s+nicht mehr(?!\\p{L})`,
  `(?<!\\p{L})(?:au lieu (?:de |du |des |d['’])|plut[oô]t qu(?:e |['’])(?:de |d['’])?)${P}`,
  `(?<!\\p{L})(?:non pas|pas)\\s+(?!seulement)${SHORT},?\\s+mais(?!\\p{L})`,
  `(?<!\\p{L})n(?:e\\s+|['’])\\S{2,20}\\s+plus\\s+${P}`,
  `(?<!\\p{L})ne\\s+plus\\s+${P}`,
  `(?<!\\p{L})(?:en (?:lugar|vez) de|invece di|em vez de)\\s+${P}`,
  `(?<!\\p{L})no\\s+(?!s[oó]lo(?!\\p{L})|solamente)${SHORT},?\\s+sino(?!\\p{L})`,
  `(?<!\\p{L})ya no\\s+${P}`,
  `(?<!\\p{L})вместо\\s+${P}`,
  `(?:代替|取代|而不是|而非)${WIDE}`,
  `不是${WIDE}[，,]?\\s*而是`,
  `(?:不再|不要再|别再)(?:使用|用|需要)?\\s*${WIDE}`,
  `从\\s*${WIDE}\\s*(?:改成|改为|换成|切换到)`,
  `${BEHIND}(?:の代わりに|ではなく|じゃなくて)`,
]

const LIFTS: readonly string[] = [
  `${BEHIND}\\s+(?:is|are)\\s+(?:now\\s+|again\\s+)?(?:allowed|permitted|fine|ok(?:ay)?)(?:\\s+(?:again|now))\\b`,
  `${BEHIND}\\s+(?:is|are) no longer (?:forbidden|prohibited|banned)\\b`,
  `\\byou (?:may|can) (?:now )?${SHORT}\\s+again\\b`,
  `${BEHIND}\\s+(?:ist|sind)\\s+(?:jetzt|nun|ab jetzt|wieder)\\s+(?:wieder\\s+)?erlaubt(?!\\p{L})`,
  `(?<!\\p{L})du (?:darfst|kannst)\\s+(?:jetzt\\s+|nun\\s+)?(?:wieder\\s+)?${SHORT}\\s+(?:wieder\\s+)?(?:verwenden|benutzen|nutzen|schreiben)(?!\\p{L})`,
  `${BEHIND}\\s+(?:est|sont)\\s+(?:de nouveau|à nouveau|maintenant|désormais)\\s+(?:autoris|permis)`,
  `${BEHIND}\\s+(?:está|están)\\s+(?:de nuevo\\s+|ahora\\s+|otra vez\\s+)permitid[oa]s?(?!\\p{L})`,
  `(?:现在|又)?可以(?:再|重新)(?:使用|用)\\s*${WIDE}`,
  `(?:现在|重新)允许(?:使用|用)?\\s*${WIDE}`,
]

const FORGETS: readonly string[] = [
  `\\b(?:forget|ignore|disregard|scrap)\\s+(?:what|everything|all(?: that)?)\\s+i(?:['’]ve)?\\s+(?:said|told you|wrote|asked)\\s+(?:before\\s+|earlier\\s+)?(?:about|regarding|on)\\s+${P}`,
  `\\b(?:forget|ignore|disregard|scrap|drop)\\s+(?:about\\s+)?(?:the|that|my)\\s+(?:rule|instruction|requirement)s?\\s+(?:about|on|for|to use)\\s+${P}`,
  `\\b(?:forget|ignore|disregard|scrap|drop)\\s+(?:about\\s+)?(?:the|that|my)\\s+${SHORT}\\s+(?:rule|instruction|requirement)s?\\b`,
  `(?<!\\p{L})vergiss,?\\s+(?:alles,?\\s+)?was ich\\s+(?:über|zu|zum|zur|von)\\s+${SHORT}\\s+(?:gesagt|geschrieben)`,
  `(?<!\\p{L})vergiss (?:die|meine) (?:regel|anweisung)(?:en)?\\s+(?:über|zu|zum|zur|mit)\\s+${P}`,
  `(?<!\\p{L})oublie[sz]?\\s+(?:tout\\s+)?ce que j['’]ai (?:dit|écrit)\\s+(?:sur|à propos d(?:e |u |es |['’])|au sujet d(?:e |u |es |['’])|concernant)\\s*${P}`,
  `(?<!\\p{L})olvid(?:a|e|en|ad)\\s+(?:todo\\s+)?lo que (?:te\\s+)?(?:dije|he dicho|escribí)\\s+(?:sobre|acerca de|de)\\s+${P}`,
  `(?:忘掉|忘了|忘记|忽略|别管)我?(?:之前|以前|刚才)?(?:说过?的|讲过?的)?(?:关于)\\s*${WIDE}`,
]

const CUES: readonly Cue[] = [
  ...DROPS.map((source) => cueOf('drop', source)),
  ...LIFTS.map((source) => cueOf('lift', source)),
  ...FORGETS.map((source) => cueOf('forget', source)),
]

function cueOf(deed: Deed, source: string): Cue {
  const isBehind = source.startsWith(BEHIND)
  return { deed, isBehind, pattern: new RegExp(isBehind ? source.slice(1) : source, 'iu') }
}

/** Idioms that hold prepositions, and say only that it holds from now on. */
const IDIOMS =
  /\b(?:from now on|from here on|in (?:the )?future|going forward|starting now|please)\b|(?<!\p{L})(?:ab (?:jetzt|sofort|heute)|von jetzt an|in Zukunft|künftig|bitte|à partir de maintenant|dorénavant|désormais|à l['’]avenir|s['’]il (?:te|vous) pla[iî]t|a partir de ahora|de ahora en adelante|en adelante|por favor)(?!\p{L})|从现在开始|以后|今后/giu

/** What limits a statement to some cases; in the phrase that is given up it ends the name. */
const LIMIT =
  /(?<!\p{L})(?:for|in|on|at|when|whenever|if|unless|except|because|since|while|für|bei|wenn|falls|weil|außer|im|pour|quand|si|dans|sauf|parce|para|cuando|si|en|excepto|porque)(?!\p{L})/iu
const CONDITION =
  /(?<!\p{L})(?:for|when|whenever|if|unless|except|für|wenn|falls|außer|pour|quand|sauf|para|cuando|excepto)\s+([^,;]{1,80})/iu

/** For this time or place only. */
const PASSING =
  /\b(?:this time|this once|just once|for now|for the moment|temporarily|here|in this (?:one|file|case|function|test|message)|for this|except)\b|(?<!\p{L})(?:diesmal|dieses Mal|vorerst|vorübergehend|ausnahmsweise|hier|in diese[mr]|für diese[nrs]?|cette fois|pour l['’]instant|temporairement|exceptionnellement|ici|dans ce(?:tte|t)?|esta vez|por ahora|temporalmente|aquí|en est[ea])(?!\p{L})|这次|这一次|本次|暂时|这里|此处|这个文件|今回/iu

const NEGATIVE =
  /\b(?:not|never|no|avoid|without|stop|refrain|forbidden|prohibited|banned|cannot)\b|n['’]t\b|\bdont\b|(?<!\p{L})(?:nie|niemals|nicht|kein(?:e[nmrs]?)?|ohne|vermeide[nt]?|verboten|ne|n['’]\S*|jamais|pas|sans|aucune?|évite[rz]?|interdite?s?|nunca|jamás|sin|evit[ae]r?|prohibid[oa]s?|ningun[ao]?|non|mai|senza|não|sem|не|никогда|нельзя|без)(?!\p{L})|(?<!\p{L})no(?!\p{L})|不|别|勿|禁止|避免|ないで|しない|禁/iu

/** Says a second thing, which would be lost with the first. */
const JOINED =
  /[,;，；、]|(?<!\p{L})(?:and|but|und|aber|et|mais|y|pero|ni|и)(?!\p{L})|并且|而且|同时|并/iu

/** Reads a statement once, to compare it with many. Linear in its length, which is cut. */
export function readRule(text: string): ReadRule {
  const plain = text.slice(0, MAX_LENGTH).replace(IDIOMS, ' ')
  const found = CUES.flatMap((cue) => findDeed(cue, plain) ?? [])
  const kept = found.reduce((rest, { deed, from, to }) => {
    // Blanks keep the places of all others.
    return deed === 'drop' ? rest.slice(0, from) + ' '.repeat(to - from) + rest.slice(to) : rest
  }, plain)
  return {
    terms: termsOf(plain),
    wanted: termsOf(kept),
    isNegative: NEGATIVE.test(kept),
    isJoined: JOINED.test(kept.trim().replace(/[,;，；、]$/, '')),
    deeds: found.flatMap((one) => readDeed(one, plain) ?? []),
    isPassing: PASSING.test(plain),
  }
}

/** A cue in a text, with the phrase that it speaks of. */
interface Found {
  readonly deed: Deed
  readonly isBehind: boolean
  readonly phrase: string
  readonly from: number
  readonly to: number
}

function findDeed({ deed, pattern, isBehind }: Cue, text: string): Found | undefined {
  const match = pattern.exec(text)
  if (!match) return undefined
  const to = match.index + match[0].length
  if (!isBehind) return { deed, isBehind, phrase: match[1] ?? '', from: match.index, to }
  const before = text.slice(Math.max(0, match.index - MAX_PHRASE), match.index)
  const phrase = /(?:[^,;!?，。；：！？、\n.:]|[.:](?=\S))*$/u.exec(before)?.[0] ?? ''
  return { deed, isBehind, phrase, from: match.index - phrase.length, to }
}

function readDeed(
  { deed, isBehind, phrase, from, to }: Found,
  text: string,
): ReadRule['deeds'][number] | undefined {
  const [name, limit] = isBehind ? [afterLead(phrase), ''] : cutAtLimit(phrase)
  const former = termsOf(name)
  const size = countTerms(former)
  if (size === 0 || size > MAX_FORMER) return undefined
  const lead = /^([^,]{1,80}),\s/.exec(text.slice(0, from))?.[1] ?? ''
  const condition = CONDITION.exec(text.slice(0, from))?.[1] ?? ''
  const scope = [lead, limit, behindLimit(text.slice(to)), condition].join(' ')
  return { deed, former, scope: termsOf(scope) }
}

/**
 * Whether a later statement takes the place of an earlier rule: it gives up what that one demands, allows what it
 * forbids, takes it back by name, or says the very opposite.
 *
 * Conservative: a rule that says more, or a statement that holds for some cases only, leaves both in force. Then
 * the model reads them in the order in which they were said.
 *
 * @see SPEC.md rules VAULT3, VAULT4
 */
export function supersedes(later: ReadRule, earlier: ReadRule): boolean {
  if (later.isPassing) return false
  const replaces = later.deeds.some(({ deed, former, scope }) => {
    if (!holdsTerms(earlier.wanted, former)) return false
    if (foreignTerms(scope, [earlier.terms, former]) > 0) return false
    if (deed !== 'forget' && earlier.isNegative !== (deed === 'lift')) return false
    if (earlier.isJoined) return false
    return foreignTerms(earlier.wanted, [later.terms]) <= MOST_BESIDES
  })
  if (replaces) return true
  return (
    later.isNegative !== earlier.isNegative &&
    countTerms(later.wanted) > 0 &&
    later.deeds.length === 0 &&
    earlier.deeds.length === 0 &&
    sameTerms(later.wanted, earlier.wanted)
  )
}

/** What stands before the cue may begin with the rest of another clause. */
function afterLead(phrase: string): string {
  return phrase.replace(/^.*(?<!\p{L})(?:that|dass|que|and|und|et|y)(?!\p{L})/iu, '')
}

function cutAtLimit(phrase: string): readonly [name: string, limit: string] {
  const at = LIMIT.exec(phrase)?.index
  return at === undefined || at === 0 ? [phrase, ''] : [phrase.slice(0, at), phrase.slice(at)]
}

/** Of what follows, only what limits; the rest says why, or what is wanted. */
function behindLimit(text: string): string {
  const at = LIMIT.exec(text.slice(0, 200))?.index
  return at === undefined ? '' : (/^[^,.;]*/.exec(text.slice(at))?.[0] ?? '')
}
