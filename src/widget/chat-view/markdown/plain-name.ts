/** Characters that turn the direction of what stands around them. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Longest name that is drawn, in UTF-16 code units. */
const MAX_NAME = 200

/**
 * A name of somebody else's as one line that can't pose as another: without characters that turn directions, and
 * without control characters.
 *
 * @see SPEC.md rule MDV12
 */
export function plainName(name: string, most: number = MAX_NAME): string {
  const begin = name.slice(0, most * 4)
  const line = begin
    .replace(BIDI, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

/** Code in which turned directions would hide what runs: each such character is written out. */
export function plainCode(code: string): string {
  return code.replace(
    BIDI,
    (sign) => `[U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
  )
}
