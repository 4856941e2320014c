/** A `data:` URL taken apart. */
export interface DataUrl {
  readonly mediaType: string
  readonly base64: string
}

/** Takes a base64 `data:` URL apart; undefined for any other URL. */
export function parseDataUrl(url: string): DataUrl | undefined {
  if (!url.startsWith('data:')) return undefined
  const comma = url.indexOf(',')
  const head = url.slice('data:'.length, comma).split(';')
  if (comma < 0 || head.at(-1) !== 'base64') return undefined
  return { mediaType: head[0] ?? '', base64: url.slice(comma + 1) }
}

/** Writes base64 data as a `data:` URL. */
export function formatDataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`
}
