import type { Draft } from '../../core/session/message.ts'
import { isJsonObject } from '../copy-json.ts'
import { parseDataUrl } from '../data-url.ts'

/** Shorter data is an icon at most. */
const LEAST_LENGTH = 1_000

/** Base64 data of images and files that a message carries: its own, and those in its tool results. */
export function findInlineMedia(draft: Draft): readonly string[] {
  const own = draft.parts.flatMap((part) => {
    if (part.type === 'image' || part.type === 'file') {
      return parseDataUrl(part.url)?.base64 ?? []
    }
    return part.type === 'tool-result' ? findInText(part.output) : []
  })
  return [...own, ...findInResults(draft)].filter(({ length }) => length >= LEAST_LENGTH)
}

function findInText(text: string): readonly string[] {
  const found: string[] = []
  let at = text.indexOf(';base64,')
  while (at >= 0) {
    const from = at + ';base64,'.length
    const [data = ''] = /^[A-Za-z0-9+/=]*/.exec(text.slice(from)) ?? []
    found.push(data)
    at = text.indexOf(';base64,', from + data.length)
  }
  return found
}

/** Results of the Messages API hold pictures in blocks of which the part only has the name. */
function findInResults({ wire }: Draft): readonly string[] {
  if (wire?.format !== 'anthropic' || !isJsonObject(wire.value)) return []
  return objectsOf(wire.value['content'])
    .filter(({ type }) => type === 'tool_result')
    .flatMap(({ content }) => objectsOf(content))
    .flatMap(({ source }) =>
      isJsonObject(source) && typeof source['data'] === 'string' ? [source['data']] : [],
    )
}

function objectsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
