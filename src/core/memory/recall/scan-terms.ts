import {
  CAPITAL,
  classAt,
  CONNECTOR,
  DIGIT,
  LETTER,
  OTHER,
  UNDERSCORE,
  UNSPACED,
} from './character-class.ts'

/** Longest term, in UTF-16 code units. What is longer is known by its beginning. */
export const MAX_TERM_LENGTH = 64
/** Connectors in a row that still join: `://`, `../`. */
const MAX_CONNECTORS = 3
/** A longer word is data; its changes of case mean nothing. */
const MAX_CAMEL_LENGTH = 48

/**
 * What a term is: a `word` as it stands, an `identifier` as a whole, a `part` of one, or a `gram` of a script
 * without spaces.
 */
export type TermKind = 'word' | 'identifier' | 'part' | 'gram'

/** Is told of each term, in the order of the text; a whole comes before its parts. */
export type OnTerm = (term: string, kind: TermKind) => void

/**
 * Takes a text apart into search terms, in lower case and compatibility form (NFKC). Identifiers joined by
 * `/ . _ - @ :` or by changes of case are told whole and in parts; scripts without spaces in pairs of
 * characters, and runs of up to three as a whole. Linear in the length of the text, which should be short:
 * it is copied.
 *
 * @see SPEC.md rule IDX1
 */
export function scanTerms(text: string, onTerm: OnTerm): void {
  const plain = normalise(text)
  for (let at = 0; at < plain.length;) {
    const kind = classAt(plain, at)
    if (kind === OTHER || kind === CONNECTOR) at += 1
    else if (kind === UNSPACED) at = scanUnspaced(plain, at, onTerm)
    else at = scanWord(plain, at, onTerm)
  }
}

// eslint-disable-next-line no-control-regex
const BEYOND_ASCII = /[^\u0000-\u007f]/
const THOUSANDS = /\d,\d{3}/

function normalise(text: string): string {
  const plain = BEYOND_ASCII.test(text) ? text.normalize('NFKC') : text
  return THOUSANDS.test(plain) ? plain.replace(/(\d),(?=\d{3}(?!\d))/g, '$1') : plain
}

function scanUnspaced(text: string, from: number, onTerm: OnTerm): number {
  let to = from
  while (to < text.length && classAt(text, to) === UNSPACED) to += 1
  const characters = Array.from(text.slice(from, to))
  if (characters.length <= 3) onTerm(characters.join(''), 'gram')
  if (characters.length < 3) return to
  for (let at = 0; at + 1 < characters.length; at += 1) {
    onTerm(`${characters[at]}${characters[at + 1]}`, 'gram')
  }
  return to
}

/** Tells of the word or identifier that begins here; returns where it ends. */
function scanWord(text: string, from: number, onTerm: OnTerm): number {
  let to = from
  let isSimple = true
  let before = OTHER as number
  let lineNumberAt = -1
  for (;;) {
    for (; to < text.length; to += 1) {
      const kind = classAt(text, to)
      if (kind !== LETTER && kind !== CAPITAL && kind !== DIGIT && kind !== UNDERSCORE) break
      if (kind === UNDERSCORE || (kind === CAPITAL && before === LETTER)) isSimple = false
      before = kind
    }
    const next = behindConnectors(text, to)
    if (next === to) break
    isSimple = false
    if (text[to] === ':' && next === to + 1) lineNumberAt = to
    before = OTHER
    to = next
  }
  if (isSimple) {
    onTerm(lower(text.slice(from, to)), 'word')
    return to
  }
  const whole = text.slice(from, to)
  onTerm(lower(whole), 'identifier')
  tellParts(whole, onTerm)
  // `main.ts:42` is also `main.ts`.
  if (lineNumberAt > 0 && /^[\d:]+$/.test(text.slice(lineNumberAt, to))) {
    onTerm(lower(text.slice(from, lineNumberAt)), 'identifier')
  }
  return to
}

/** Where a word goes on behind connectors; the same place if it does not. */
function behindConnectors(text: string, at: number): number {
  let next = at
  while (next < text.length && next - at < MAX_CONNECTORS && classAt(text, next) === CONNECTOR) {
    next += 1
  }
  if (next === at || next >= text.length) return at
  const kind = classAt(text, next)
  return kind === LETTER || kind === CAPITAL || kind === DIGIT || kind === UNDERSCORE ? next : at
}

const SEPARATORS = /[/.\-@:]+/
const HUMPS = /_+|(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/

function tellParts(whole: string, onTerm: OnTerm): void {
  const segments = whole.split(SEPARATORS)
  for (const segment of segments) {
    if (segments.length > 1 && segment.length > 1) onTerm(lower(segment), 'part')
    if (segment.length > MAX_CAMEL_LENGTH) continue
    const humps = segment.split(HUMPS)
    if (humps.length < 2) continue
    for (const hump of humps) if (hump.length > 1) onTerm(lower(hump), 'part')
  }
  // A file is often called by its name alone.
  const name = whole.slice(whole.lastIndexOf('/') + 1)
  if (name.length < whole.length && name.includes('.')) onTerm(lower(name), 'part')
}

function lower(term: string): string {
  // Some letters become two in lower case.
  return term.slice(0, MAX_TERM_LENGTH).toLowerCase().slice(0, MAX_TERM_LENGTH)
}
