import { findSecrets } from '../../secrets/find-secrets.ts'

/** What stands in place of a secret in a text. */
export const BLANK = '[secret]'

/** Longest text that is looked through; what is behind is cut off. */
const MAX_LENGTH = 20_000

/** Names of arguments whose text is a secret, whatever it looks like. */
const SECRET_NAME =
  /pass(?:word|wd|phrase|code)|secret|token|api[-_]?key|(?:access|private|signing|encryption)[-_]?key|credential|authori[sz]ation|cookie|bearer|(?:^|[._-])(?:auth|pwd|otp|cvv|pin)$/i

/** Names of arguments whose number is one. */
const NUMBER_NAME = /(?:^|[._-])(?:pin|otp|cvv|pwd|pass(?:word|code))$/i

/**
 * What a pad leaves out beside what {@link findSecrets} finds, with what stays of it in front: hashes, keys that are
 * no secrets, and whatever stands behind a secret's name, were it `changeme`. Each is linear: all repeats are bounded.
 */
const SECRETS: readonly RegExp[] = [
  /()-----BEGIN [A-Z ]{1,40}-----[^-]*(?:-----END [A-Z ]{1,40}-----)?/g,
  /()\b(?:sk|pk|rk)[-_](?:[a-z]{1,10}[-_])?[A-Za-z0-9_-]{16,200}/g,
  /(\b(?:bearer|basic)\s{1,4})[\w+/=.~-]{8,4000}/gi,
  /((?:password|passwd|passphrase|passcode|pwd|secret|token|api[-_ ]?key|access[-_]?key)["']?\s{0,4}[:=]\s{0,4}["']?)[^\s"',;&]{3,400}/gi,
  /(--?(?:[\w-]{0,30}-)?(?:password|passwd|secret|token|api-?key)(?:\s{1,4}|=)["']?)[^\s"']{3,400}/gi,
  /()\b[0-9a-fA-F]{32,}\b/g,
]

/** Longer runs of such characters may be keys. */
const RUN = /[A-Za-z0-9+_=-]{20,}/g

/** Whether a value, by the name of its argument or by its look, must not be kept. Total and linear. */
export function isSecret(name: string, value: string): boolean {
  return isSecretName(name, value) || blankSecrets(value) !== value
}

/** Whether the name of an argument says that its value is a secret. */
export function isSecretName(name: string, value: string): boolean {
  // How many tokens something may take is no secret.
  if (value === '') return false
  if (/^\d{1,9}$/.test(value)) return NUMBER_NAME.test(name)
  return SECRET_NAME.test(name)
}

/**
 * A text without what looks like keys, tokens and passwords. Rather too much is blanked out than too little:
 * what is kept in a pad may be exported. Text behind 20,000 characters is cut off.
 *
 * @see SPEC.md rule PAD5
 */
export function blankSecrets(text: string): string {
  let out = blankFound(text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text)
  for (const secret of SECRETS) out = out.replace(secret, (_, kept: string) => `${kept}${BLANK}`)
  return out.replace(RUN, (run) => (isDense(run) ? BLANK : run))
}

function blankFound(text: string): string {
  let out = ''
  let from = 0
  for (const { at, end } of findSecrets(text)) {
    out += text.slice(from, at) + BLANK
    from = end
  }
  return out + text.slice(from)
}

/** Whether letters, capitals and digits alternate as they do in no name. */
function isDense(run: string): boolean {
  let digits = 0
  let changes = 0
  let before = 0
  for (let at = 0; at < run.length; at += 1) {
    const code = run.charCodeAt(at)
    const kind = code <= 57 && code >= 48 ? 1 : code >= 97 ? 2 : code >= 65 && code <= 90 ? 3 : 0
    if (kind === 1) digits += 1
    if (kind !== 0 && before !== 0 && kind !== before) changes += 1
    if (kind !== 0) before = kind
  }
  return digits >= 3 && changes >= Math.max(6, run.length / 5) && !/^[0-9a-f-]{36}$/i.test(run)
}
