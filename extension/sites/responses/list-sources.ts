import { isJsonObject, listOf, stringOf } from '../../../src/adapters/copy-json.ts'
import type { Part } from '../../../src/core/session/message.ts'

/** Most results that are looked at, and most sources that are listed behind an answer. */
const MAX_RESULTS = 500
const MAX_SOURCES = 50

/**
 * What an answer cites, as a list behind it: in its text stand only marks.
 *
 * @param results - Objects with a `url`, and a title in one of `titles`.
 */
export function listSources(results: unknown, titles: readonly string[]): readonly Part[] {
  const lines = new Set<string>()
  for (const result of listOf(results).slice(0, MAX_RESULTS)) {
    if (!isJsonObject(result) || lines.size >= MAX_SOURCES) continue
    const url = stringOf(result['url'])
    const title = titles.map((name) => stringOf(result[name])).find((text) => text !== '')
    if (url !== '') lines.add(title === undefined ? `- ${url}` : `- ${title}: ${url}`)
  }
  return lines.size === 0 ? [] : [{ type: 'text', text: ['Sources:', ...lines].join('\n') }]
}
