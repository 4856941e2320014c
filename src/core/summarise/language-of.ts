import { findIdentifiers } from '../memory/identifiers.ts'

export type Script =
  'latin' | 'cyrillic' | 'greek' | 'cjk' | 'hangul' | 'arabic' | 'hebrew' | 'devanagari' | 'thai'

/** Scripts that are told apart. Chinese and Japanese share one: each quotes the other's characters. */
const SCRIPTS: readonly (readonly [Script, RegExp])[] = [
  ['latin', /\p{Script=Latin}/u],
  ['cyrillic', /\p{Script=Cyrillic}/u],
  ['greek', /\p{Script=Greek}/u],
  ['cjk', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['hangul', /\p{Script=Hangul}/u],
  ['arabic', /\p{Script=Arabic}/u],
  ['hebrew', /\p{Script=Hebrew}/u],
  ['devanagari', /\p{Script=Devanagari}/u],
  ['thai', /\p{Script=Thai}/u],
]

/** Words that any text of a language has, and few others share. */
const COMMON: Readonly<Record<string, string>> = {
  en: 'the and is are was were that this with for not of to in it has have been which from by',
  de: 'der die das und ist sind war nicht mit für ein eine den dem von zu auf wird wurde auch',
  fr: 'le la les et est sont pas une des du dans pour que qui sur avec au été nous vous',
  es: 'el la los las y es son una del para que con por se fue no está como más pero',
  it: 'il lo gli e è sono una del della per che con non di nel si stato come più anche',
  pt: 'o os as e é são uma do da para que com não foi em no na por mais está',
  nl: 'de het een en is zijn was niet met voor van te op dat die wordt werd ook naar bij',
  pl: 'nie jest się na że do to jak po co dla ale czy był są od przez już tylko ten',
  tr: 'bir ve bu için ile de da değil olarak çok daha ne var gibi ama o ki mi en kadar',
}

const WORDS: ReadonlyMap<string, readonly string[]> = wordsByLanguage()

/** Longest beginning of a text that is looked at. */
const MAX_LENGTH = 6_000
/** Fewer letters, or common words, tell nothing. */
const LEAST_LETTERS = 6
const LEAST_WORDS = 2
/** Share of the letters that a script needs in order to be one that the text is written in. */
const LEAST_SHARE = 0.12

/** What a text is written in, as far as that can be told. */
export interface Written {
  /** Scripts with more than a few letters. */
  readonly scripts: ReadonlySet<Script>
  /** The script that most letters have; undefined for too few. */
  readonly main?: Script
  /** Two-letter code of the language; undefined where it is not clear. */
  readonly language?: string
}

/** Tells script and language of prose. Identifiers, paths and URLs are left out: they are Latin everywhere. */
export function languageOf(text: string): Written {
  let read = text.slice(0, MAX_LENGTH)
  for (const identifier of findIdentifiers(read, 64)) read = read.replaceAll(identifier, ' ')
  const counts = new Map<Script, number>()
  let letters = 0
  for (const letter of read) {
    const script = scriptOf(letter)
    if (script === undefined) continue
    counts.set(script, (counts.get(script) ?? 0) + 1)
    letters += 1
  }
  if (letters < LEAST_LETTERS) return { scripts: new Set(counts.keys()) }
  const ordered = [...counts].toSorted(([, a], [, b]) => b - a)
  const scripts = new Set(
    ordered.flatMap(([script, count]) => (count >= letters * LEAST_SHARE ? [script] : [])),
  )
  const main = ordered[0]?.[0]
  const language = main === 'latin' ? latinLanguage(read) : undefined
  return {
    scripts,
    ...(main === undefined ? {} : { main }),
    ...(language === undefined ? {} : { language }),
  }
}

/** Whether a text keeps to what others are written in. What can't be told counts as kept. */
export function keepsLanguage(text: string, others: Written): boolean {
  const own = languageOf(text)
  if (own.main === undefined || others.main === undefined) return true
  if (!others.scripts.has(own.main)) return false
  if (own.language === undefined || others.language === undefined) return true
  return own.main !== others.main || own.language === others.language
}

function scriptOf(letter: string): Script | undefined {
  const code = letter.codePointAt(0) ?? 0
  if (code < 0x80) {
    return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) ? 'latin' : undefined
  }
  return SCRIPTS.find(([, pattern]) => pattern.test(letter))?.[0]
}

function latinLanguage(text: string): string | undefined {
  const counts = new Map<string, number>()
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) {
    for (const language of WORDS.get(word) ?? []) {
      counts.set(language, (counts.get(language) ?? 0) + 1)
    }
  }
  const [first, second] = [...counts].toSorted(([, a], [, b]) => b - a)
  if (!first || first[1] < LEAST_WORDS || first[1] < (second?.[1] ?? 0) * 1.5) return undefined
  return first[0]
}

function wordsByLanguage(): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, string[]>()
  for (const [language, common] of Object.entries(COMMON)) {
    for (const word of common.split(' ')) words.set(word, [...(words.get(word) ?? []), language])
  }
  return words
}
