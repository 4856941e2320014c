import { readChatGpt } from './chatgpt/read-chatgpt.ts'
import { readClaude } from './claude/read-claude.ts'
import { readDeepSeek } from './deepseek/read-deepseek.ts'
import { readGemini } from './gemini/read-gemini.ts'
import { readGrok } from './grok/read-grok.ts'
import { readPerplexity } from './perplexity/read-perplexity.ts'
import type { Reading, ResponseReader } from './responses/reading.ts'
import type { Captured, ObservedResponse } from './site.ts'
import { OBSERVED_PATHS } from './observed-paths.ts'

/** Most characters of a response that are read. */
const MAX_TEXT = 24_000_000

/** What each reader may be shown: the end of a path that is its own, and none of another. */
const READERS: readonly (readonly [RegExp, ResponseReader])[] = [
  [/\/chat_conversations\//, readClaude],
  [/\/conversation(?:\/[\w-]+)?$/, readChatGpt],
  [/\/history_messages$|\/chat\/[a-z_]+$/, readDeepSeek],
  [/\/conversations(?:_v2)?\/[\w-]+(?:\/[\w-]+)?$/, readGrok],
  [/\/rest\/thread\/[^/]+$|\/sse\/perplexity_ask$/, readPerplexity],
  [/\/batchexecute$|\/StreamGenerate$/, readGemini],
]

/**
 * Reads what a page's own response says of a conversation, by the shape of the response and the end of its path; the
 * host may be any. What is not understood is nothing. Total and bounded: nothing that a response holds makes it throw,
 * and it takes time in proportion to its length.
 *
 * @see SPEC.md rules SITE1–SITE10
 */
export function readSiteResponse(observed: ObservedResponse): readonly Captured[] {
  if (observed.text === '' || observed.text.length > MAX_TEXT) return []
  try {
    const { pathname, search, searchParams } = new URL(observed.url)
    const method = observed.method.toUpperCase()
    if (OBSERVED_PATHS[method]?.test(`${pathname}${search}`) !== true) return []
    const reading: Reading = { ...observed, method, pathname, search: searchParams }
    const reader = READERS.find(([path]) => path.test(pathname))?.[1]
    return reader?.(reading) ?? []
  } catch {
    // An address that is none, or nesting deeper than the stack.
    return []
  }
}
