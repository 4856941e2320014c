/** What editing tools call the text that an edit takes away. It is not how things are. */
export const REPLACED_FIELDS: ReadonlySet<string> = new Set(['old_string', 'oldText', 'old_str'])

/** What they call the text that takes its place. */
const REPLACING_FIELDS = ['new_string', 'newText', 'new_str'] as const

type Fields = Readonly<Record<string, unknown>>

/** What an edit replaces, and by what; undefined if a call's fields are none of an edit. */
export function readEdit(
  fields: Fields,
): { readonly before: string; readonly after: string } | undefined {
  const before = [...REPLACED_FIELDS].map((key) => fields[key]).find(isText)
  const after = REPLACING_FIELDS.map((key) => fields[key]).find(isText)
  return before === undefined || after === undefined ? undefined : { before, after }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
