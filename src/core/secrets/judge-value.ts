import { looksRandom } from './looks-random.ts'
import { isPasswordName, saysSecretName } from './secret-names.ts'

/** A value that stands behind the name of a secret. */
export interface NamedValue {
  readonly name: string
  readonly value: string
  readonly isQuoted: boolean
  /** Whether name and value are joined as in code: a sign with spaces on both sides. */
  readonly isSpaced: boolean
  /** Whether the sign between them is that of an assignment, and not a colon. */
  readonly isAssigned: boolean
  /** Whether the line starts with the name and ends with the value, as in a list of settings. */
  readonly isLine: boolean
}

/** What stands where a value will be: hints, references, types, literals of languages. */
const NO_VALUE =
  /^(?:\*+|[x•.…_-]+|<.*|\[.*|\{.*|\$[\w({].*|%\w+%|#\{.*|@\w+|⟦.*|your[-_ ]?.*|\w*example|placeholder|change[-_]?me|redacted|masked|hidden|empty|none|null|nil|undefined|true|false|yes|no|required|optional|string|str|text|number|boolean|bool|int|any|unknown|never|void|object|bytes|buffer|(?:u|big)?u?int\d*(?:clamped)?array|float\d+array|[iuf]\d+|u?int\d+|varchar.*|char.*|uuid|type|self|this|new|await|async|function|return|input|value|data|default|vault:.*|secrets?\..*)$/i

/** A call, an index or a path of members: code that gets the value from somewhere. */
const CODE =
  /^[!&*]?[A-Za-z_$][\w$]{0,80}(?:(?:\?\.|\.|::|->)[A-Za-z_$][\w$]{0,80}){0,12}(?:[([]|$)/

/** Names of what is always a number. */
const NUMBER_NAME = /(?:^|[_-])(?:pin(?: code)?|otp|cvv)$/i

/** A word that often says that something went well. */
const PASS_NAME = /(?:^|[^a-z])pass$/i

const VERSION = /^[v^~<>=]{1,3}\d{1,6}(?:\.\d{1,6}){1,3}/

/** Words of labels and messages about passwords. */
const LABEL_WORDS =
  /\b(?:must|should|enter|invalid|incorrect|forgot(?:ten)?|least|required|please|wrong|confirm|show|hide|reset|your|the|not|match|for|with)\b/i

/** Whether a value behind a secret's name is one. Total; what is longer than 400 characters is judged by its start. */
export function isSecretValue(given: NamedValue): boolean {
  const value = given.value.slice(0, 400)
  const hasDigit = /\d/.test(value)
  if (value.length < 3 || NO_VALUE.test(value)) return false
  if (NUMBER_NAME.test(given.name)) return /^\d{3,10}$/.test(value)
  if (VERSION.test(value)) return false
  if (PASS_NAME.test(given.name) && (!hasBoth(value) || isPlace(value))) return false
  if (/\s/.test(value)) return isPassphrase(given.name, value)
  if (!given.isQuoted && isCode(value)) return false
  if (isPlace(value) && !looksRandom(value)) return false
  // As in `DB_PASSWORD=swordfish`: what stands behind it is a value, whatever it looks like.
  const isSetting =
    /^[A-Z\d]*_[A-Z\d_]*$/.test(given.name) &&
    !given.isQuoted &&
    !given.isSpaced &&
    (given.isAssigned || given.isLine || hasDigit)
  const isPassword = isPasswordName(given.name)
  if (/^\d+$/.test(value)) return isPassword && !given.isSpaced && value.length <= 12
  if (!hasDigit && !isSetting && saysSecretName(value)) return false
  if (isSetting) return true
  if (isPassword) return isPasswordValue(given, value, hasDigit)
  if (isWordlike(value)) return false
  return hasDigit && value.length >= (given.isQuoted ? 6 : 8) && (given.isQuoted || hasBoth(value))
}

function isPasswordValue(given: NamedValue, value: string, hasDigit: boolean): boolean {
  if (given.isQuoted) return value.length >= 4
  const hasSign = /[^\p{L}\p{N}_.$:/-]/u.test(value)
  if (given.isSpaced) return hasSign || (hasDigit && !isWordlike(value))
  return hasDigit || hasSign || (given.isLine && value.length >= 6)
}

function isPassphrase(name: string, value: string): boolean {
  if (!isPasswordName(name) || LABEL_WORDS.test(value) || saysSecretName(value)) return false
  const words = value.split(/\s/)
  return (
    words.length >= 4 &&
    words.length <= 10 &&
    words.every((word) => /^[\p{L}\d]{2,12}$/u.test(word))
  )
}

function isCode(value: string): boolean {
  if (/^[(!]\w/.test(value)) return true
  const match = CODE.exec(value)
  if (match === null) return false
  const found = match[0]
  return found.endsWith('(') || found.endsWith('[') || /[.>:]/.test(found)
}

/** A path or an address; a password in one is found on its own. */
function isPlace(value: string): boolean {
  return /^(?:\.{0,2}\/|~\/|[a-z]:\\|[a-z][a-z\d+.-]{1,20}:\/\/)/i.test(value)
}

/** Words and numbers joined by signs, as names, versions and ids of things are. */
function isWordlike(value: string): boolean {
  if (looksRandom(value)) return false
  return value.split(/[-_.:/@+=]/).every((piece) => /^(?:[A-Za-z]*\d{0,4}|\d+)$/.test(piece))
}

function hasBoth(value: string): boolean {
  return /\d/.test(value) && /\p{L}/u.test(value)
}
