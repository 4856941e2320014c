/** What a text is about: its words without those that only make it a rule, and its runs of wide characters. */
export interface RuleTerms {
  readonly words: ReadonlySet<string>
  /** Runs of Chinese or Japanese characters, which no spaces part. */
  readonly runs: readonly string[]
}

const WORD =
  /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hangul}\p{N}][\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hangul}\p{M}\p{N}_./@+#-]*/gu
const RUN = /[\u3040-\u30ff\u3400-\u9fff]+/g

/** Words that say that something is wanted, or not, or hold a sentence together. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  // English
  (
    'a an the and or to of i you we it that this these those my your our me us is are be been was were do does did ' +
    'not no never always must should shall will would can could cannot may might please only just also still ever ' +
    'use using used want wants need needs prefer make sure ensure keep remember stop avoid refrain have has let lets ' +
    'instead rather than now again anymore longer any more from on in for with by as at so but all every everywhere ' +
    'said told thing things way one ones go write writing written don dont t ll s ' +
    // German
    'der die das den dem des ein eine einen einem einer eines und oder zu von ich du wir es sie ist sind sein nicht ' +
    'nie niemals immer kein keine keinen keinem keiner bitte nur auch noch jetzt nun ab sofort wieder mehr muss müssen ' +
    'soll sollen sollst darf darfst kannst verwende verwenden benutze benutzen nutze nutzen nimm nehmen schreibe ' +
    'schreib schreiben statt anstatt stattdessen sondern überall alle alles für in im mit auf bei ' +
    // French
    'le la les l un une des de du d et ou à au aux je j tu vous nous on il elle est sont ne n pas plus jamais toujours ' +
    'ce que qu utilise utiliser utilisez utilises emploie employer écris écrire écrivez faut dois doit devez doivent ' +
    'merci seulement maintenant désormais partout plutôt lieu non mais tout tous pour dans en avec sur ' +
    // Spanish
    'el los las una unos unas y o del al yo tú usted se es son no nunca jamás siempre ya más usa usar uses use utiliza ' +
    'utilizar utilices escribe escribir debes debe hay lugar vez sino solo sólo ahora partir favor por para con sobre ' +
    'lo que todo todos todas te'
  ).split(' '),
)

const EMPTY_RUNS =
  /必须|不要再|不要|不能|不许|不准|不得|务必|一定要|一定|禁止|请勿|永远不|永远|总是|始终|只能|只用|避免|记住|以后|今后|从现在开始|现在|改用|使用|不再|别再|而不是|而是|不是|代替|可以|允许|应该|需要|常に|必ず|絶対に|してください|ください|使って|使わないで|しないで|代わりに|ではなく|請|请|别|用|要|都|了|的|在|时|和|或|我|你|把|は|を|が|で|に|の|と|も/g

/** The terms of a text, in one pass. */
export function termsOf(text: string): RuleTerms {
  const words = new Set<string>()
  for (const [found] of text.slice(0, 1_000).matchAll(WORD)) {
    const word = found.toLowerCase().replace(/[./@+-]+$/, '')
    if (word !== '' && !EMPTY_WORDS.has(word)) words.add(singular(word))
  }
  const wide = text.slice(0, 1_000).replace(EMPTY_RUNS, ' ')
  return { words, runs: wide.match(RUN) ?? [] }
}

/** Number of terms. A run counts as one. */
export function countTerms({ words, runs }: RuleTerms): number {
  return words.size + runs.length
}

/** Whether all of these terms stand in a text of those terms. */
export function holdsTerms(all: RuleTerms, some: RuleTerms): boolean {
  for (const word of some.words) if (!all.words.has(word)) return false
  return some.runs.every((run) => all.runs.some((own) => own.includes(run)))
}

/** How much of these terms stands in none of the others: a word counts two, a wide character one. */
export function foreignTerms(terms: RuleTerms, others: readonly RuleTerms[]): number {
  let amount = 0
  for (const word of terms.words) if (!others.some(({ words }) => words.has(word))) amount += 2
  const known = new Set(others.flatMap(({ runs }) => runs.flatMap(pairsOf)))
  for (const run of terms.runs) {
    const isKnown = (at: number): boolean => known.has(run.slice(at, at + 2))
    for (let at = 0; at < run.length; at++) {
      if (!isKnown(at) && !(at > 0 && isKnown(at - 1))) amount += 1
    }
  }
  return amount
}

/** Whether two texts are about exactly the same. */
export function sameTerms(a: RuleTerms, b: RuleTerms): boolean {
  return (
    a.words.size === b.words.size &&
    holdsTerms(a, { words: b.words, runs: [] }) &&
    a.runs.join() === b.runs.join()
  )
}

function pairsOf(run: string): readonly string[] {
  return Array.from({ length: Math.max(1, run.length - 1) }, (_, at) => run.slice(at, at + 2))
}

/** Tells `tabs` from `tab` no more, in languages that write plurals so. */
function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}
