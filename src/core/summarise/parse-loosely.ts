/** Longest text that is read, and how deep it may be nested. */
const MAX_LENGTH = 200_000
const MAX_DEPTH = 12
/** Values of one array, and fields of one object, that are read. */
const MAX_ITEMS = 2_000

/** A value that was read, and where it ended. `isWhole` is false where the text ended before the value did. */
export interface LooseValue {
  readonly value: unknown
  readonly end: number
  readonly isWhole: boolean
}

/** Stands for what could not be read. */
const NOTHING = Symbol('nothing')

/**
 * Reads one JSON value that begins at a place of a text, as models write it: with commas too many or missing, comments,
 * single quotes, names without quotes, raw line breaks in strings, words such as `None`. Where the text ends
 * early, whole items of arrays are kept and the broken one is left out.
 *
 * Total and linear. What is no JSON at all gives undefined.
 */
export function parseLoosely(text: string, start: number = 0): LooseValue | undefined {
  const reader = { text: text.slice(0, MAX_LENGTH), at: start, isCut: false }
  const value = readValue(reader, 0)
  return value === NOTHING ? undefined : { value, end: reader.at, isWhole: !reader.isCut }
}

interface Reader {
  readonly text: string
  at: number
  /** Set once the text ended within a value. */
  isCut: boolean
}

function readValue(reader: Reader, depth: number): unknown {
  skipSpace(reader)
  const sign = reader.text[reader.at]
  if (sign === undefined) {
    reader.isCut = true
    return NOTHING
  }
  if (depth > MAX_DEPTH) return NOTHING
  if (sign === '{') return readObject(reader, depth)
  if (sign === '[') return readArray(reader, depth)
  if (QUOTES[sign] !== undefined) return readString(reader, QUOTES[sign])
  return readWord(reader)
}

/** Quotes, and what closes them. */
const QUOTES: Readonly<Partial<Record<string, string>>> = { '"': '"', "'": "'", '“': '”', '`': '`' }

function readObject(reader: Reader, depth: number): unknown {
  reader.at += 1
  const entries: (readonly [string, unknown])[] = []
  while (entries.length < MAX_ITEMS) {
    skipCommas(reader)
    const sign = reader.text[reader.at]
    if (sign === undefined) {
      reader.isCut = true
      break
    }
    if (sign === '}') {
      reader.at += 1
      return Object.fromEntries(entries)
    }
    const name = readName(reader)
    skipSpace(reader)
    if (name === undefined || reader.text[reader.at] !== ':') {
      if (reader.at >= reader.text.length) reader.isCut = true
      return reader.isCut ? Object.fromEntries(entries) : NOTHING
    }
    reader.at += 1
    const value = readValue(reader, depth + 1)
    if (value === NOTHING) return reader.isCut ? Object.fromEntries(entries) : NOTHING
    entries.push([name, value])
    // What the text broke off in is not whole, whatever it holds.
    if (reader.isCut) break
  }
  return Object.fromEntries(entries)
}

function readArray(reader: Reader, depth: number): unknown {
  reader.at += 1
  const items: unknown[] = []
  while (items.length < MAX_ITEMS) {
    skipCommas(reader)
    const sign = reader.text[reader.at]
    if (sign === undefined) {
      reader.isCut = true
      break
    }
    if (sign === ']') {
      reader.at += 1
      return items
    }
    const value = readValue(reader, depth + 1)
    if (reader.isCut) {
      // An object that broke off may lack what makes it true: it goes. A list keeps its own whole items.
      if (Array.isArray(value)) items.push(value)
      break
    }
    if (value === NOTHING) return NOTHING
    items.push(value)
  }
  return items
}

function readString(reader: Reader, close: string): unknown {
  const { text } = reader
  let from = reader.at + 1
  let out = ''
  for (let at = from; at < text.length; at++) {
    const sign = text[at]
    if (sign === close) {
      reader.at = at + 1
      return out + text.slice(from, at)
    }
    if (sign !== '\\') continue
    const escape = text[at + 1] ?? ''
    const code = escape === 'u' ? /^[\da-f]{4}/i.exec(text.slice(at + 2, at + 6))?.[0] : undefined
    out += text.slice(from, at)
    if (code === undefined) {
      out += ESCAPES[escape] ?? escape
      at += 1
    } else {
      out += String.fromCharCode(Number.parseInt(code, 16))
      at += 5
    }
    from = at + 1
  }
  reader.at = text.length
  reader.isCut = true
  return NOTHING
}

const ESCAPES: Readonly<Partial<Record<string, string>>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
}

const NAME = /[\p{L}_][\p{L}\p{N}_-]{0,60}/uy

function readName(reader: Reader): string | undefined {
  const close = QUOTES[reader.text[reader.at] ?? '']
  if (close !== undefined) {
    const name = readString(reader, close)
    return typeof name === 'string' ? name : undefined
  }
  NAME.lastIndex = reader.at
  const name = NAME.exec(reader.text)?.[0]
  if (name !== undefined) reader.at += name.length
  return name
}

const WORD = /[-+]?[#\p{L}\p{N}_.+-]{1,60}/uy

const VALUES: Readonly<Partial<Record<string, unknown>>> = {
  true: true,
  false: false,
  null: null,
  none: null,
  undefined: null,
}

/** A number, a word that stands for a value, or a word without quotes. */
function readWord(reader: Reader): unknown {
  WORD.lastIndex = reader.at
  const word = WORD.exec(reader.text)?.[0]
  if (word === undefined) return NOTHING
  reader.at += word.length
  if (reader.at >= reader.text.length) reader.isCut = true
  const known = VALUES[word.toLowerCase()]
  if (known !== undefined) return known
  const number = Number(word)
  return Number.isFinite(number) ? number : word
}

function skipCommas(reader: Reader): void {
  for (;;) {
    skipSpace(reader)
    const sign = reader.text[reader.at]
    if (sign !== ',' && sign !== ';') return
    reader.at += 1
  }
}

/** Skips white space and comments. */
function skipSpace(reader: Reader): void {
  const { text } = reader
  for (;;) {
    while (reader.at < text.length && isSpace(text.charCodeAt(reader.at))) reader.at += 1
    if (text.startsWith('//', reader.at)) reader.at = endOf(text, '\n', reader.at)
    else if (text.startsWith('/*', reader.at)) reader.at = endOf(text, '*/', reader.at)
    else return
  }
}

function endOf(text: string, close: string, from: number): number {
  const found = text.indexOf(close, from)
  return found === -1 ? text.length : found + close.length
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0xfeff
}
