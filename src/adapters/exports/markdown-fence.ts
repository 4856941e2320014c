/** A line that opens or closes fenced code. */
export interface Fence {
  readonly mark: string
  readonly length: number
  readonly info: string
}

/** The fence that a line is; undefined for any other line. */
export function isFence(line: string): Fence | undefined {
  const trimmed = line.startsWith(' ') ? line.slice(0, 4).trimStart() + line.slice(4) : line
  const mark = trimmed[0]
  if (mark !== '`' && mark !== '~') return undefined
  let length = 0
  while (trimmed[length] === mark) length += 1
  if (length < 3) return undefined
  const info = trimmed.slice(length).trim()
  return mark === '`' && info.includes('`') ? undefined : { mark, length, info }
}
