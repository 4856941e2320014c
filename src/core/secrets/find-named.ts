import { isSecretValue } from './judge-value.ts'
import { looksRandom } from './looks-random.ts'
import type { SecretKind, SecretSpan } from './secret.ts'
import { isPasswordName, SECRET_NAME } from './secret-names.ts'

/** Longest value that is taken whole. */
const MAX_VALUE = 4_000

/** A name and what joins it to its value, as code, settings, forms, tables, URLs and JSON within JSON do. */
const NAMED = new RegExp(
  `(${SECRET_NAME})(?:[-_](?:value|base|base64|b64|text|plain|prod|dev|test|staging|\\d{1,3}))?(?![\\p{L}\\d])` +
    `(?:\\\\{0,15}["'\`\\])*]){0,3}(?:\\s?\\([^()\\n]{0,30}\\))?` +
    `(\\s{0,4}(?::\\s?(?:string|str)\\s?=|=>|:=|[:=|：＝])\\s{0,4}|>|\\s{1,16}(?:[\\w-]{1,20}=["'][^"'\\n<>]{0,40}["']\\s{1,4}){0,3}?value\\s?[:=]\\s{0,2})`,
  'giu',
)

/** A name and its value as people say it. */
const SAID = new RegExp(
  `(${SECRET_NAME})(?:\\s[^\\s:=]{1,20}){0,3}?(?:["'”»]?\\s(?:is now|is|was|will be|ist jetzt|ist|lautet|war|est|es|era|è|é|jest|is nu|är|er|on|to)\\s?[:：]?\\s|["'”]?\\s?(?:是|为|為|は|가|는|은|—|–)\\s?)`,
  'giu',
)

/** An option of a command line and its value. */
const OPTION = new RegExp(
  `(?:--?[\\w-]{0,30}(${SECRET_NAME})[ ]{1,3}|(?<=\\s|\\\\[nrt])-u[ ]?["']?[\\w.@-]{1,60}:|sshpass\\s{1,4}-p\\s?|mysql(?:dump|admin)?\\s[^\\n]{0,80}?\\s-p(?=\\S))`,
  'giu',
)

/** What follows a name within a few words and can hardly be anything else. */
const NEAR = new RegExp(`${SECRET_NAME}[^\\n"'\`=:]{0,24}?[\\s("'\`]([\\w+/=-]{20,200})`, 'giu')

const NO_SECRET_NEAR = /hash|sha-?\d|commit|checksum|digest|fingerprint|revision|\bid\b|uuid/i

/** Secrets that a name stands before: settings, code, forms, sentences, command lines. Linear. */
export function findNamed(text: string): readonly SecretSpan[] {
  return [...findAssigned(text), ...findSaid(text), ...findOptions(text), ...findNear(text)]
}

function findAssigned(text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = []
  for (const match of text.matchAll(NAMED)) {
    const at = match.index + match[0].length
    const found = readValue(text, at)
    const joint = match[2] ?? ''
    if (joint === '>' && text[found.end] !== '<') continue
    // A cell of a table, and not one of a few names to choose from.
    if (joint.includes('|') && (found.isQuoted || !/\s$/.test(joint))) continue
    const name = match[1] ?? ''
    const given = {
      name: wholeName(text, match.index, name),
      value: text.slice(found.at, found.end),
      isQuoted: found.isQuoted,
      isSpaced: /^\s[:=>]+\s/.test(joint),
      isAssigned: joint.includes('='),
      isLine: isLine(text, match.index, found.end),
    }
    if (isSecretValue(given)) spans.push({ kind: kindOf(name), at: found.at, end: found.end })
  }
  return spans
}

function findSaid(text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = []
  for (const match of text.matchAll(SAID)) {
    const found = readValue(text, match.index + match[0].length)
    const value = text.slice(found.at, found.end)
    const name = match[1] ?? ''
    const given = {
      name,
      value,
      isQuoted: found.isQuoted,
      isSpaced: false,
      isAssigned: false,
      isLine: false,
    }
    if (/[\d!$%&*+=?@^~#]/.test(value) && isSecretValue(given)) {
      spans.push({ kind: kindOf(name), at: found.at, end: found.end })
    }
  }
  return spans
}

function findOptions(text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = []
  for (const match of text.matchAll(OPTION)) {
    const found = readValue(text, match.index + match[0].length)
    const value = text.slice(found.at, found.end)
    const name = match[1] ?? 'password'
    const given = {
      name: name.toUpperCase(),
      value,
      isQuoted: false,
      isSpaced: false,
      isAssigned: true,
      isLine: false,
    }
    const isWord = /^[a-z]{1,12}$/.test(value) && match[1] !== undefined && !isPasswordName(name)
    if (!isWord && !value.startsWith('-') && isSecretValue(given)) {
      spans.push({ kind: kindOf(name), at: found.at, end: found.end })
    }
  }
  return spans
}

function findNear(text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = []
  for (const match of text.matchAll(NEAR)) {
    const value = match[1] ?? ''
    const before = match[0].slice(0, -value.length)
    const end = match.index + match[0].length
    if (!looksRandom(value) || !/\d/.test(value) || NO_SECRET_NEAR.test(before)) continue
    if (/^[\da-f]{8}-[\da-f]{4}-/i.test(value) || value.split(/[-_/]/).length > 5) continue
    spans.push({ kind: kindOf(before), at: end - value.length, end })
  }
  return spans
}

/** Where a value starts and ends: up to its closing quote, or up to a space or a sign that ends values. */
function readValue(text: string, from: number): { at: number; end: number; isQuoted: boolean } {
  const opening = /^\\{0,15}["'`“”„«「『]/.exec(text.slice(from, from + 17))?.[0] ?? ''
  const at = from + opening.length
  const quote = opening.slice(-1)
  const rest = text.slice(at, at + MAX_VALUE)
  if (quote === '') {
    const run = /^(?:[^\s"'`;&<>|，。、」\\]|\\(?![nrt]))*/.exec(rest)?.[0] ?? ''
    const end = at + run.replace(/[.,:)\]}\\*]{1,4}$/, '').length
    return { at, end, isQuoted: false }
  }
  const closing = { '“': '”', '„': '“', '«': '»', '「': '」', '『': '』' }[quote] ?? quote
  const stop =
    opening.length > 1 ? rest.indexOf(opening.slice(0, -1) + closing) : findClosing(rest, closing)
  const line = rest.search(/[\r\n]/)
  if (stop < 0 || (line >= 0 && line < stop)) {
    const run = /^[^\s"'`;&<>]*/.exec(rest)?.[0] ?? ''
    return { at, end: at + run.length, isQuoted: false }
  }
  return { at, end: at + stop, isQuoted: true }
}

/** The first closing quote that no backslash escapes. */
function findClosing(rest: string, closing: string): number {
  for (let at = 0; at < rest.length; at += 1) {
    if (rest[at] === '\\') at += 1
    else if (rest[at] === closing) return at
    else if (rest[at] === '\n') return -1
  }
  return -1
}

/** The whole word that a name ends: `DB_PASSWORD` for its `PASSWORD`. */
function wholeName(text: string, at: number, name: string): string {
  const before = /[\w-]{0,40}$/.exec(text.slice(Math.max(0, at - 40), at))?.[0] ?? ''
  // The first letter may be the `n` of an escaped line end.
  const isEscaped = before !== '' && text[at - before.length - 1] === '\\'
  return (isEscaped ? before.slice(1) : before) + name
}

function isLine(text: string, at: number, end: number): boolean {
  const before = text.slice(Math.max(0, at - 40), at)
  return (
    /(?:^|\n|\\n|["'])[\s>*-]{0,8}[\w-]*$/.test(before) &&
    /^[ \t]*(?:\r?\n|\\{1,15}[nr]|\\{0,15}["']|$)/.test(text.slice(end, end + 20))
  )
}

function kindOf(name: string): SecretKind {
  if (isPasswordName(name)) return 'password'
  return /key|schlüssel|clé|chave|ключ|密[钥鑰]/iu.test(name) ? 'api-key' : 'token'
}
