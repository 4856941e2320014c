/** What kinds of secrets are told apart. A placeholder names its kind, so that a model can still make sense of a line. */
export const SECRET_KINDS = [
  'private-key',
  'api-key',
  'token',
  'password',
  'cookie',
  'card',
  'iban',
  'seed-phrase',
  'literal',
] as const

/** `literal` is no secret but a text that looks like a placeholder, and has to come back as it was. */
export type SecretKind = (typeof SECRET_KINDS)[number]

/** Where a secret stands in a text. */
export interface SecretSpan {
  readonly kind: SecretKind
  readonly at: number
  readonly end: number
}
