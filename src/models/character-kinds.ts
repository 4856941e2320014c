// What a character is to the estimator. 10 to 25 are letters, of which 10 to 13 are Latin; 4 and 28 to
// 33 are signs. Numbers and not names, because they index the tables of costs.
export const END = 0
export const DIGIT = 1
export const NEWLINE = 2
export const SPACE = 3
export const PUNCTUATION = 4
export const LOWER = 10
export const UPPER = 11
export const LATIN = 12
const LATIN_MARKED = 13
export const FIRST_SCRIPT = 14
const LAST_SCRIPT = 25
export const FIRST_SYMBOL = 28
export const ASTRAL = 32
const CONTROL = 33

export function isLetter(kind: number): boolean {
  return kind >= LOWER && kind <= LAST_SCRIPT
}

export function isLatin(kind: number): boolean {
  return kind >= LOWER && kind <= LATIN_MARKED
}

/** Whether the kind is no letter, digit or white space. */
export function isSign(kind: number): boolean {
  return kind === PUNCTUATION || kind >= FIRST_SYMBOL
}

/** The kind of the character at a place in a text; END beyond it. */
export function kindAt(text: string, at: number): number {
  return at < text.length ? kindOf(text.charCodeAt(at)) : END
}

/** The kind of a UTF-16 code unit. Surrogates of every kind are ASTRAL. */
export function kindOf(code: number): number {
  return (code < 128 ? ASCII[code] : BLOCKS[code >> 4]) ?? END
}

const ASCII: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code === 10 || code === 13) return NEWLINE
  if (code === 32 || (code > 8 && code < 13)) return SPACE
  if (code < 32 || code === 127) return CONTROL
  if (code > 47 && code < 58) return DIGIT
  if (code > 96 && code < 123) return LOWER
  return code > 64 && code < 91 ? UPPER : PUNCTUATION
})

/** Kinds of all further characters by block of 16: where a stretch starts, and its kind. */
const BLOCKS: Uint8Array = fillBlocks([
  [0x8, 28],
  [0xc, LATIN],
  [0x2b, 28],
  [0x30, LATIN_MARKED],
  [0x37, 14],
  [0x40, 15],
  [0x53, 18],
  [0x59, 16],
  [0x60, 17],
  [0x70, 25],
  [0x75, 17],
  [0x78, 25],
  [0x90, 19],
  [0x98, 20],
  [0xe0, 21],
  [0xf0, 25],
  [0x10a, 18],
  [0x110, 24],
  [0x120, 25],
  [0x1e0, LATIN_MARKED],
  [0x1f0, 14],
  [0x200, 28],
  [0x207, 29],
  [0x2c0, 25],
  [0x300, 30],
  [0x304, 22],
  [0x310, 25],
  [0x313, 24],
  [0x319, 30],
  [0x340, 23],
  [0xa00, 25],
  [0xac0, 24],
  [0xd7b, 25],
  [0xd80, ASTRAL],
  [0xe00, 31],
  [0xf90, 23],
  [0xfb0, 17],
  [0xfe0, 28],
  [0xfe7, 17],
  [0xff0, 30],
  [0xff6, 22],
  [0xffa, 24],
  [0xfff, 31],
])

function fillBlocks(stretches: readonly (readonly [number, number])[]): Uint8Array {
  const blocks = new Uint8Array(4096)
  for (const [start, kind] of stretches) blocks.fill(kind, start)
  return blocks
}
