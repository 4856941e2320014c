/** Letters of other scripts that look like Latin ones, in lower case. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  [
    ...'аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwѵvкkмmтtвbнhгr'.matchAll(/(.)(.)/gu),
    ...'αaεeοoρpιiκkνvτtυuχxβbηn'.matchAll(/(.)(.)/gu),
    ...'ıiɑaɡgɩiʟlʀrｌl'.matchAll(/(.)(.)/gu),
  ].map(([, from = '', to = '']) => [from, to]),
)

/** Format characters, variation selectors, tags and fillers: they show nothing, and split words for machines. */
const INVISIBLE =
  /\p{Cf}|\u034f|[\u115f\u1160\u3164\uffa0]|\u17b4|\u17b5|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/gu

/** Marks set over Latin letters. Those of other scripts make another letter. */
const MARKED = /([a-z])[\u0300-\u036f]+/g

/** Letters with a space, dot or the like between any two of them. */
const SPACED = /(?<![\p{L}\p{N}])(?:\p{L}[ ._*-]){4,60}\p{L}(?![\p{L}\p{N}])/gu

// oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const PLAIN = /^[\u0000-\u007f]*$/

/** Removes what is invisible. Linear. */
export function withoutInvisible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(INVISIBLE, '')
}

/**
 * A text as a reader sees it, for comparing: compatibility forms and accents resolved, invisible characters
 * removed, lookalikes in a word with Latin letters made Latin, spaced-out words joined, lower case, white space in
 * single spaces, lines kept apart. Linear and total.
 */
export function foldText(text: string): string {
  const plain = PLAIN.test(text) ? text : foldLetters(text)
  return plain
    .toLowerCase()
    .replace(SPACED, (run) => run.replace(/[ ._*-]/g, ''))
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[\n ]*/g, '\n')
    .trim()
}

function foldLetters(text: string): string {
  const visible = withoutInvisible(text.toWellFormed()).normalize('NFKC').toLowerCase()
  const words = visible.replace(/[\p{L}\p{M}]+/gu, (word) =>
    /[a-z]/.test(word) && BEYOND.test(word)
      ? word.replace(/./gu, (letter) => LOOKALIKES.get(letter) ?? letter)
      : word,
  )
  return words.normalize('NFD').replace(MARKED, '$1').normalize('NFC')
}

const BEYOND = /[\u0131\u0251-\u029f\u0370-\u052f]/
