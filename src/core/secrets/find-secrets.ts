import { isCardNumber, isIban } from './checksums.ts'
import { findNamed } from './find-named.ts'
import { KNOWN_TOKENS } from './known-tokens.ts'
import { looksRandom } from './looks-random.ts'
import type { SecretKind, SecretSpan } from './secret.ts'
import { saysSecretName } from './secret-names.ts'

/** A private key longer than this is masked up to here, in characters. */
const MAX_KEY_BLOCK = 20_000

// Text is often JSON within JSON, where an `n` may be the end of a line: hence `(?<=\\[nrt])`.
const KEY_BLOCK = /-----BEGIN (?:[A-Z\d]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g
const KEY_BLOCK_END = /-----END (?:[A-Z\d]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/
const KEY_BODY = /^(?:[\w+/=:,. \t-]|\\[nr]|\r|\n)*/
const SCHEME =
  /(?:(?<![\p{L}\d])|(?<=\\[nrt]))(?:bearer|basic|token|apikey|digest|negotiate)\s{1,4}([\w+/=.~-]{8,4000})/giu
const URL_PASSWORD = /:\/\/[^\s/@:"'<>]{0,200}:([^\s/"'<>]{1,300})@(?=[\w[])/g
const URL_TOKEN = /:\/\/([\w-]{16,400})@(?=[\w[])/g
const COOKIE =
  /(?:(?<![\w-])|(?<=\\[nrt]))(?:set-)?cookie["']?\s{0,2}:\s{0,2}["']?([^\r\n"']{8,4000})/gi
const CARD = /(?:(?<![\w.+#-])|(?<=\\[nrt]))\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)/g
const CARD_GROUPS = /^(?:\d+|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5})$/
const IBAN =
  /(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g
const SEED =
  /(?:seed|recovery|mnemonic|backup|secret|wallet)(?:[ _-](?:phrase|words?|sentence))?["']?\s{0,3}(?:is|:|=|\()\s{0,3}\\{0,15}["'`]?((?:[a-z]{3,8}[ ,\n]{1,2}){11,23}[a-z]{3,8})(?![a-z])/g

/**
 * Where secrets stand in a text: keys, tokens, passwords, private keys, cards, accounts. In order, without overlaps.
 *
 * Total and linear, whatever the text. Rather a harmless value too many than a secret too few: what is
 * masked comes back with the answer.
 *
 * @see SPEC.md rules MASK1–MASK3
 */
export function findSecrets(text: string): readonly SecretSpan[] {
  const spans = [
    ...findKeyBlocks(text),
    ...findTokens(text),
    ...findCredentials(text),
    ...findNumbers(text),
    ...findNamed(text),
    ...findAll(text, SEED, 'seed-phrase', () => true),
  ]
  return joinOverlaps(spans)
}

function findKeyBlocks(text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = []
  if (!text.includes('PRIVATE KEY')) return spans
  KEY_BLOCK.lastIndex = 0
  for (let match = KEY_BLOCK.exec(text); match !== null; match = KEY_BLOCK.exec(text)) {
    const body = match.index + match[0].length
    const rest = text.slice(body, body + MAX_KEY_BLOCK)
    const close = KEY_BLOCK_END.exec(rest)
    const length =
      close === null ? (KEY_BODY.exec(rest)?.[0].length ?? 0) : close.index + close[0].length
    if (length < 40) continue
    spans.push({ kind: 'private-key', at: match.index, end: body + length })
    KEY_BLOCK.lastIndex = body + length
  }
  return spans
}

function findTokens(text: string): readonly SecretSpan[] {
  return KNOWN_TOKENS.flatMap(({ kind, pattern, needs, isDoubtful }) => {
    if (needs !== undefined && !needs.some((needed) => text.includes(needed))) return []
    return findAll(text, pattern, kind, (value) => isDoubtful !== true || isToken(value))
  })
}

/** Whether the part behind a known start is one of a key, and not of a name. */
function isToken(value: string): boolean {
  const body = value.replace(/^[A-Za-z]{1,12}[-_.]/, '')
  return (
    looksRandom(body) || body.split(/[-_.]/).some((piece) => piece.length >= 16 && /\d/.test(piece))
  )
}

function findCredentials(text: string): readonly SecretSpan[] {
  const isInUrl = text.includes('://')
  return [
    ...findAll(text, SCHEME, 'token', (value, match) => isCredential(value, match)),
    ...(isInUrl ? findAll(text, URL_PASSWORD, 'password', isUrlPassword) : []),
    ...(isInUrl ? findAll(text, URL_TOKEN, 'token', looksRandom) : []),
    ...findAll(text, COOKIE, 'cookie', (value) =>
      value.split(/[;=\s]/).some((piece) => piece.length >= 12 && looksRandom(piece)),
    ),
  ]
}

function isCredential(value: string, match: string): boolean {
  if (looksRandom(value)) return true
  if (/^basic/i.test(match)) return hasDecodedColon(value)
  return /^bearer/i.test(match) && /\d/.test(value) && value.length >= 16
}

/** Whether base64 text holds a name, a colon and a password, as basic authorisation does. */
function hasDecodedColon(value: string): boolean {
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  let bits = 0
  let held = 0
  let hasColon = false
  for (const character of value.slice(0, 200).replace(/=+$/, '')) {
    const six = ALPHABET.indexOf(character)
    if (six < 0) return false
    held = ((held << 6) | six) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    const byte = (held >> bits) & 0xff
    if (byte < 32 || byte === 127) return false
    hasColon ||= byte === 58
  }
  return hasColon
}

function isUrlPassword(value: string): boolean {
  if (/^(?:\*+|x{3,}|[$<{[%⟦].*|\.{3,}|…|…|pass|pw)$/i.test(value)) return false
  return /\d/.test(value) || !saysSecretName(value)
}

function findNumbers(text: string): readonly SecretSpan[] {
  const cards = findAll(
    text,
    CARD,
    'card',
    (value) => CARD_GROUPS.test(value) && isCardNumber(value.replace(/[ -]/g, '')),
  )
  return [...cards, ...findIbans(text)]
}

function findIbans(text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = []
  for (const match of text.matchAll(IBAN)) {
    // A word in capitals behind the number may have been taken with it.
    for (let value = match[0]; value.length >= 15; value = value.slice(0, value.lastIndexOf(' '))) {
      if (isIban(value.replaceAll(' ', ''))) {
        spans.push({ kind: 'iban', at: match.index, end: match.index + value.length })
        break
      }
      if (!value.includes(' ')) break
    }
  }
  return spans
}

function findAll(
  text: string,
  pattern: RegExp,
  kind: SecretKind,
  isSecret: (value: string, match: string) => boolean,
): readonly SecretSpan[] {
  const spans: SecretSpan[] = []
  for (const match of text.matchAll(pattern)) {
    const value = match[1] ?? match[0]
    const at = match.index + (match[1] === undefined ? 0 : match[0].lastIndexOf(value))
    if (isSecret(value, match[0])) spans.push({ kind, at, end: at + value.length })
  }
  return spans
}

/** Spans in order, those that overlap joined: no rest of a secret may stay between two of them. */
export function joinOverlaps(spans: readonly SecretSpan[]): readonly SecretSpan[] {
  const sorted = spans.toSorted((a, b) => a.at - b.at || b.end - a.end)
  const joined: SecretSpan[] = []
  for (const span of sorted) {
    const last = joined.at(-1)
    if (last === undefined || span.at >= last.end) joined.push(span)
    else if (span.end > last.end) joined[joined.length - 1] = { ...last, end: span.end }
  }
  return joined
}
