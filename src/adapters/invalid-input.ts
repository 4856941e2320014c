import { BackfoldError } from '../core/backfold-error.ts'

/** Refuses what a caller handed in. The message says where, what was expected and what came. */
export function invalidInput(message: string): never {
  throw new BackfoldError('INVALID_INPUT', message)
}

/** A word that was expected to be one of a few: the word, if it is one, else what it is. */
export function wordOrKind(value: unknown): string {
  return typeof value === 'string' ? `"${value.slice(0, 40)}"` : kindOf(value)
}

/** A value as it can stand in an error message: its kind, never its content. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return value === undefined
    ? 'nothing'
    : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`
}

/** The text in a field. @throws BackfoldError `INVALID_INPUT` if there is none. */
export function stringAt(
  value: Readonly<Record<string, unknown>>,
  field: string,
  at: string,
): string {
  const text = value[field]
  return typeof text === 'string'
    ? text
    : invalidInput(`${at}.${field} must be a string, got ${kindOf(text)}`)
}
