import { findSecrets, joinOverlaps } from './find-secrets.ts'
import type { SecretKind, SecretSpan } from './secret.ts'

/** A value that was masked; its number is its position, counted from 1. */
interface MaskedSecret {
  readonly kind: SecretKind
  readonly value: string
}

/** The values behind placeholders. Never leaves the device. */
export interface SecretMasks {
  readonly secrets: readonly MaskedSecret[]
}

export const NO_MASKS: SecretMasks = { secrets: [] }

export interface MaskedText {
  readonly text: string
  readonly masks: SecretMasks
}

/** A placeholder as it is written, and as a model may have written it: other brackets, case and spaces. */
const PLACEHOLDER =
  /(?:⟦|\[\[?)\s{0,3}secret\s{0,3}[-_‑–—]?\s{0,3}(\d{1,6})(?:\s{0,3}[:：]\s{0,3}[a-z]{2,10}(?:[-_ ‑–][a-z]{2,10})?)?\s{0,3}(?:⟧|\]\]?)/gi

/** What may become a placeholder when more text arrives. */
const OPEN_PLACEHOLDER = /(?:⟦|\[\[?)[^⟦⟧[\]]{0,40}\]?$/

/** Shortest value that is masked wherever it stands again without its name. */
const MIN_REPEATED = 6
/** Most values that are looked for again. */
const MAX_REPEATED = 200

/**
 * Puts a placeholder such as `⟦secret-1:api-key⟧` in place of every secret; the same value has the same
 * placeholder wherever it stands, with or without the name that gave it away.
 *
 * What looks like a placeholder already is masked as well, so that {@link unmask} gives back the text as it
 * was and nobody can ask for a secret by writing one.
 *
 * @param masks - What was masked before; its values keep their placeholders.
 * @see SPEC.md rules MASK4–MASK6
 */
export function maskSecrets(text: string, masks: SecretMasks = NO_MASKS): MaskedText {
  const spans = findSpans(text, masks)
  if (spans.length === 0) return { text, masks }
  const secrets = [...masks.secrets]
  const numbers = new Map(secrets.map(({ value }, index) => [value, index + 1]))
  let masked = ''
  let from = 0
  for (const { kind, at, end } of spans) {
    const value = text.slice(at, end)
    let number = numbers.get(value)
    if (number === undefined) {
      secrets.push({ kind, value })
      number = secrets.length
      numbers.set(value, number)
    }
    const shown = secrets[number - 1]?.kind ?? kind
    masked += `${text.slice(from, at)}⟦secret-${number}:${shown}⟧`
    from = end
  }
  return { text: masked + text.slice(from), masks: { secrets } }
}

/**
 * Puts the secrets back. A placeholder that was never given out stays as it is.
 *
 * @param isJson - Whether the text is JSON: a value with quotes or line ends is escaped then.
 * @see SPEC.md rules MASK6, MASK7
 */
export function unmask(text: string, masks: SecretMasks, isJson = false): string {
  if (masks.secrets.length === 0) return text
  return text.replace(PLACEHOLDER, (found: string, digits: string) => {
    const secret = masks.secrets[Number(digits) - 1]
    if (secret === undefined) return found
    return isJson ? escapeJson(secret.value) : secret.value
  })
}

/** A growing text without the end that may be the start of a placeholder. */
export function withoutOpenPlaceholder(text: string): string {
  const tail = text.slice(-48)
  const match = OPEN_PLACEHOLDER.exec(tail)
  return match === null ? text : text.slice(0, text.length - tail.length + match.index)
}

function escapeJson(value: string): string {
  // A value that was cut out of JSON is escaped already.
  if (/\\["\\/bfnrtu]/.test(value) && !/["\n\r]/.test(value.replace(/\\./g, ''))) return value
  return JSON.stringify(value).slice(1, -1)
}

function findSpans(text: string, masks: SecretMasks): readonly SecretSpan[] {
  const literals = [...text.matchAll(PLACEHOLDER)].map(({ index, 0: found }): SecretSpan => ({
    kind: 'literal',
    at: index,
    end: index + found.length,
  }))
  const found = joinOverlaps([...literals, ...findSecrets(text)])
  const values = new Map<string, SecretKind>()
  for (const { kind, value } of masks.secrets) addRepeated(values, kind, value)
  for (const { kind, at, end } of found) addRepeated(values, kind, text.slice(at, end))
  const again = [...values].flatMap(([value, kind]) => findAgain(text, value, kind))
  return again.length === 0 ? found : joinOverlaps([...found, ...again])
}

function addRepeated(values: Map<string, SecretKind>, kind: SecretKind, value: string): void {
  if (values.size >= MAX_REPEATED || kind === 'literal' || value.length < MIN_REPEATED) return
  // A word may well mean something else where no name stands before it.
  if (/[\d!$%&*+=?@^~#]/.test(value) || value.length >= 20) values.set(value, kind)
}

function findAgain(text: string, value: string, kind: SecretKind): readonly SecretSpan[] {
  const spans: SecretSpan[] = []
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
    const end = at + value.length
    const isWhole = value.length >= 16 || (!isWordAt(text, at - 1) && !isWordAt(text, end))
    if (isWhole) spans.push({ kind, at, end })
  }
  return spans
}

function isWordAt(text: string, at: number): boolean {
  return /[\p{L}\p{N}_]/u.test(text[at] ?? '')
}
