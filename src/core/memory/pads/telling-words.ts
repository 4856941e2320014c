const WORD = /[\p{L}\p{N}_$@~#](?:[\p{L}\p{N}_$@~#./:+-]{0,198}[\p{L}\p{N}_$~#/])?/gu
const SIGN_OR_DIGIT = /[\d_./:@#~$+-]|\p{Ll}\p{Lu}/u

export interface FoundWord {
  readonly word: string
  readonly from: number
}

/**
 * Words that nobody writes by accident: with a digit, a sign or a change of case in them. In order, at most so
 * many. Linear.
 */
export function* tellingWordsIn(text: string, most: number): Generator<FoundWord> {
  let given = 0
  for (const match of text.matchAll(WORD)) {
    const [word] = match
    if (word.length < 2 || !SIGN_OR_DIGIT.test(word)) continue
    yield { word, from: match.index }
    given += 1
    if (given >= most) return
  }
}

/** The telling words of a text, without their places. */
export function tellingWordSet(text: string, maxLength: number, most: number): ReadonlySet<string> {
  const words = new Set<string>()
  for (const { word } of tellingWordsIn(text.slice(0, maxLength), most)) words.add(word)
  return words
}
