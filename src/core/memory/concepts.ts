/**
 * What a later turn can only repeat if it still knows it. Kinds differ in how often that happens.
 */
export type ConceptKind =
  | 'url'
  | 'path'
  | 'file'
  | 'declaration'
  | 'symbol'
  | 'compound'
  | 'id'
  | 'phrase'
  | 'value'
  | 'name'

/** Calls back for one concept: its kind and where it stands. */
export type OnConcept = (kind: ConceptKind, from: number, to: number) => void

/** Longest concept, in UTF-16 code units; a longer run is data. */
const MAX_LENGTH = 200
/** Longest quoted phrase; a longer one is prose. */
const MAX_PHRASE_LENGTH = 80

const OTHER = 0
const LOWER = 1
const UPPER = 2
const DIGIT = 3
/** Signs inside identifiers, paths and amounts. */
const JOINER = 4
const WIDE = 5

const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  const sign = String.fromCharCode(code)
  if (/[a-z]/.test(sign)) return LOWER
  if (/[A-Z]/.test(sign)) return UPPER
  if (/[0-9]/.test(sign)) return DIGIT
  return '_-./\\@+~#%$'.includes(sign) ? JOINER : OTHER
})

const FILE_END =
  /\.(?:[cm]?[jt]sx?|jsonl?|mdx?|py|rs|go|mod|sum|java|kt|rb|php|swift|cc?|cpp|h|hpp|css|scss|html?|vue|ya?ml|toml|ini|cfg|env|sh|bash|sql|db|txt|csv|lock|log|xml|svg|png|jpe?g|pdf|ipynb)$/i

/**
 * Finds the concepts of a part of a text: identifiers, paths, addresses, amounts, dates, quoted phrases,
 * names. One pass over the character codes, whatever the text is.
 *
 * @see SPEC.md rules SAL1, SAL2
 */
export function scanConcepts(text: string, from: number, to: number, found: OnConcept): void {
  for (let at = from; at < to;) {
    const code = text.charCodeAt(at)
    const kind = kindOf(code)
    if (kind === OTHER) at = scanQuoted(text, at, to, code, found)
    else if (kind === WIDE) at = scanWide(text, at, to, found)
    else at = scanRun(text, at, to, found)
  }
}

function kindOf(code: number): number {
  if (code < 128) return ASCII[code] ?? OTHER
  if (code === 0x20ac || code === 0xa3 || code === 0xa5) return JOINER
  if (code >= 0x3040 && code <= 0x9fff) return WIDE
  if (code >= 0xac00 && code <= 0xd7af) return WIDE
  // Latin, Greek and Cyrillic letters with their signs.
  return code >= 0xc0 && code < 0x590 ? LOWER : OTHER
}

/** A phrase in quotes or backticks that is short and on one line. What is in it is scanned as well. */
function scanQuoted(text: string, at: number, to: number, code: number, found: OnConcept): number {
  const isTick = code === 0x60
  const close = isTick ? '`' : code === 0x22 ? '"' : CLOSING.get(code)
  if (close === undefined) return at + 1
  const end = text.indexOf(close, at + 1)
  const length = end - at - 1
  const least = isTick ? 4 : code === 0x22 ? 6 : 2
  if (end === -1 || end >= to || length < least || length > MAX_PHRASE_LENGTH) return at + 1
  const phrase = text.slice(at + 1, end)
  if (phrase.includes('\n')) return at + 1
  const isWord = /^[\p{L}]+$/u.test(phrase)
  const isProse = phrase.split(' ', 10).length > 8
  if (isProse || (isWord && (!isTick || length < 5) && code < 128)) return at + 1
  // A lone identifier is found by what follows; only several words make a phrase of their own.
  if (!/[\s(=,:'<]/.test(phrase) && code < 128 && !isWord) return at + 1
  found('phrase', at + 1, end)
  return code < 128 ? at + 1 : end
}

const CLOSING: ReadonlyMap<number, string> = new Map([
  [0x201c, '”'],
  [0x300a, '》'],
  [0x300c, '」'],
  [0x300e, '』'],
])

/** Words that are grammar in Chinese; names stand between them. */
const GRAMMAR = new Set('的了不没也着过很再都就还又吗呢吧啊是我你他她它们这那哪什么怎在有和与及')

function scanWide(text: string, at: number, to: number, found: OnConcept): number {
  let end = at
  let start = at
  for (; end < to && kindOf(text.charCodeAt(end)) === WIDE; end++) {
    if (!GRAMMAR.has(text.charAt(end))) continue
    if (end - start >= 3 && end - start <= 8) found('name', start, end)
    start = end + 1
  }
  if (end - start >= 3 && end - start <= 8) found('name', start, end)
  return end
}

/** A run of letters, digits and joiners: one identifier, path or amount, or a plain word. */
function scanRun(text: string, at: number, to: number, found: OnConcept): number {
  let end = at
  let lower = 0
  let upper = 0
  let digits = 0
  let slashes = 0
  let joins = 0
  let humps = 0
  let last = OTHER
  for (; end < to; end++) {
    const code = text.charCodeAt(end)
    let kind = kindOf(code)
    if (kind === OTHER && last === DIGIT && (code === 0x2c || code === 0x3a)) {
      // A comma or colon between digits: 12,345 and 14:30.
      if (kindOf(text.charCodeAt(end + 1)) === DIGIT) kind = JOINER
    }
    if (kind === LOWER) lower++
    else if (kind === UPPER) {
      upper++
      if (last === LOWER) humps++
    } else if (kind === DIGIT) digits++
    else if (kind === JOINER) {
      joins++
      if (code === 0x2f || code === 0x5c) slashes++
    } else break
    last = kind
  }
  if (text.charCodeAt(end) === 0x3a && text.startsWith('://', end) && lower > 0) {
    return scanUrl(text, at, end, to, found)
  }
  if (digits > 0 || joins > 0 || humps > 0) {
    classify(text, at, end, { lower, upper, digits, slashes, humps }, found)
  } else if (upper === 1 && end - at >= 3 && isInSentence(text, at)) found('name', at, end)
  else if (upper === 0 && end - at <= LONGEST_KEYWORD && text.charCodeAt(end) === 0x20) {
    if (DECLARES.has(text.slice(at, end))) scanDeclared(text, at, end + 1, to, found)
  }
  return end
}

/** What stands before the name of something that code declares: it is looked for by both. */
const DECLARES = new Set(
  'function class interface type def func fn struct enum trait module'.split(' '),
)
const LONGEST_KEYWORD = 9

/** `class Name`: the name is scanned once more by itself. */
function scanDeclared(text: string, at: number, name: number, to: number, found: OnConcept): void {
  let end = name
  while (end < to && end - name < MAX_PHRASE_LENGTH && isNameSign(text.charCodeAt(end))) end++
  const sign = text.charCodeAt(end)
  // In a sentence another word would follow.
  const isCode = sign === 0x28 || sign === 0x3c || sign === 0x3a || sign === 0x7b
  const opens = sign === 0x20 && '{=(:e'.includes(text.charAt(end + 1))
  if (end - name >= 3 && (isCode || opens)) found('declaration', at, end)
}

function isNameSign(code: number): boolean {
  const kind = kindOf(code)
  return kind === LOWER || kind === UPPER || kind === DIGIT || code === 0x5f
}

interface Tally {
  readonly lower: number
  readonly upper: number
  readonly digits: number
  readonly slashes: number
  readonly humps: number
}

function classify(text: string, at: number, end: number, tally: Tally, found: OnConcept): void {
  let [from, to] = [at, end]
  while (from < to && isLeadingSign(text.charCodeAt(from))) from++
  while (to > from && isTrailingSign(text.charCodeAt(to - 1))) to--
  const length = to - from
  if (length < 3 || length > MAX_LENGTH) return
  const letters = tally.lower + tally.upper
  if (letters === 0) {
    if (tally.digits >= 3 || length > tally.digits) found('value', from, to)
    return
  }
  if (tally.slashes > 0) {
    if (tally.slashes > 1 || FILE_END.test(text.slice(Math.max(from, to - 9), to))) {
      found('path', from, to)
    }
    return
  }
  if (length < 4) return
  const dot = text.indexOf('.', from)
  if (dot > from && dot < to) {
    if (FILE_END.test(text.slice(Math.max(from, to - 9), to))) found('file', from, to)
    else scanMembers(text, from, to, found)
    return
  }
  findWord(text, from, to, tally, found)
}

/** The parts of `object.member.other`. */
function scanMembers(text: string, from: number, to: number, found: OnConcept): void {
  if (/^v?\d/.test(text.slice(from, from + 2))) {
    found('value', from, to)
    return
  }
  for (let start = from; start < to;) {
    const dot = text.indexOf('.', start)
    const end = dot === -1 || dot > to ? to : dot
    if (end - start >= 4) {
      const part = text.slice(start, end)
      if (/_|[a-z][A-Z]/.test(part)) found('symbol', start, end)
      else if (/\d/.test(part) && /[a-z]/i.test(part) && part.length >= 5) found('id', start, end)
    }
    start = end + 1
  }
}

function findWord(text: string, from: number, to: number, tally: Tally, found: OnConcept): void {
  if (tally.digits > 0) {
    if (to - from >= 5) found('id', from, to)
    return
  }
  const underscore = text.indexOf('_', from)
  const isFlag = text.charCodeAt(from) === 0x2d
  if (tally.humps > 0 || isFlag || (underscore > from && underscore < to - 1)) {
    found('symbol', from, to)
    return
  }
  // In code `team-card` is a name; in sentences it is a word.
  const hyphen = text.slice(from, to).indexOf('-')
  if (hyphen > 0 && tally.upper === 0) found('compound', from, to)
  else if (hyphen < 0 && tally.upper === 1 && isInSentence(text, from)) found('name', from, to)
}

function scanUrl(text: string, at: number, colon: number, to: number, found: OnConcept): number {
  let end = colon + 3
  const most = Math.min(to, at + 2_000)
  while (end < most && !/[\s<>"'`()[\]{}|\\]/.test(text.charAt(end))) end++
  let last = end
  while (last > colon + 3 && isTrailingSign(text.charCodeAt(last - 1))) last--
  if (last - at <= MAX_LENGTH && last > colon + 5) found('url', at, last)
  return Math.max(end, colon + 3)
}

/** A capital in the middle of a sentence: behind a small letter, digit or comma and a space. */
function isInSentence(text: string, at: number): boolean {
  if (at < 2 || text.charCodeAt(at - 1) !== 0x20) return false
  const before = text.charCodeAt(at - 2)
  const kind = kindOf(before)
  return kind === LOWER || kind === DIGIT || ',;:)'.includes(text.charAt(at - 2))
}

/** `--flag`, `~/path`, `./path`, `/path` and `$5` keep their sign. */
function isLeadingSign(code: number): boolean {
  return code === 0x2b || code === 0x40 || code === 0x23 || code === 0x25 || code === 0x5f
}

function isTrailingSign(code: number): boolean {
  if (code === 0x25) return false
  return kindOf(code) === JOINER || (code < 128 && ',;:!?*'.includes(String.fromCharCode(code)))
}
