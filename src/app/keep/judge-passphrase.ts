/** Least characters of a passphrase: shorter ones are tried out in no time. */
const LEAST_CHARACTERS = 8

/** What is wrong with a new passphrase; null if nothing. @see SPEC.md rule LOCK9 */
export function judgePassphrase(passphrase: string, again: string): string | null {
  if (passphrase.length < LEAST_CHARACTERS) {
    return `At least ${LEAST_CHARACTERS} characters; several words are better.`
  }
  if (new Set(passphrase).size < 4) return 'Too easy to guess: use more different characters.'
  return passphrase === again ? null : 'The two are not the same.'
}
