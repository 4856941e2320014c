/**
 * The last block of an answer on its way as it will look once it is complete: what is begun is closed, so that signs do
 * not flicker. Looks at the end of the text only.
 *
 * @see SPEC.md rule MDV3
 */
export function mendTail(text: string): string {
  const table = mendTable(text)
  if (table !== null) return table
  const from = text.lastIndexOf('\n\n') + 1
  const head = text.slice(0, from)
  const last = text.slice(from)
  // A sign that is half there: `*` may become `**`.
  const tail = mendLink(last)
  const trimmed = tail.replace(/(?:[*_~]{1,3}|`{1,2})$/, (run) => (closes(tail, run) ? run : ''))
  return head + trimmed + missingSigns(trimmed)
}

/** A head row without the row of dashes is a table already. */
function mendTable(text: string): string | null {
  const [head = '', ...rest] = text.trimEnd().split('\n', 3)
  if (!/^ {0,3}\|.*\|/.test(head)) return null
  const isHeadOnly = rest.length === 0 || (rest.length === 1 && /^[\s|:-]*$/.test(rest[0] ?? ''))
  if (!isHeadOnly) return null
  const columns = Math.min(
    100,
    Math.max(
      1,
      head
        .trim()
        .replace(/^\||\|$/g, '')
        .split('|').length,
    ),
  )
  return `${head}\n|${' - |'.repeat(columns)}`
}

/** `[text](https://…` as its text, an image that has no end yet as nothing. */
function mendLink(text: string): string {
  const at = text.lastIndexOf('[')
  if (at < 0) return text
  const rest = text.slice(at)
  const isImage = text[at - 1] === '!'
  const begun = /^\[([^\]\n]{0,500})\]\([^)\n]*$/.exec(rest)
  if (begun !== null)
    return text.slice(0, isImage ? at - 1 : at) + (isImage ? '' : (begun[1] ?? ''))
  return isImage && /^\[[^\]\n]*$/.test(rest) ? text.slice(0, at - 1) : text
}

function closes(text: string, run: string): boolean {
  return count(text.slice(0, -run.length), run) % 2 === 1
}

function missingSigns(text: string): string {
  if (count(text, '`') % 2 === 1) return '`'
  const plain = text.replace(/`[^`]*`/g, '')
  return ['**', '~~'].filter((sign) => count(plain, sign) % 2 === 1).join('')
}

function count(text: string, sign: string): number {
  let found = 0
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + sign.length)) found += 1
  return found
}
