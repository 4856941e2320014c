import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toDrafts } from '../../../src/adapters/message-input.ts'
import { writeContext } from '../../../src/adapters/write-context.ts'
import type { Draft, Part, WireFormat } from '../../../src/core/session/message.ts'
import { aiSdkUiLogs } from './ai-sdk-ui/ai-sdk-ui-logs.ts'
import { aiSdkLogs } from './ai-sdk/ai-sdk-logs.ts'
import { contextOf } from './context-of.ts'
import { langChainLogs } from './langchain/langchain-logs.ts'
import { draftsOf } from './treated-contexts.ts'
import { anthropicLogs, openAiLogs } from './wire-logs.ts'

const FORMATS: readonly WireFormat[] = [
  'openai',
  'anthropic',
  'ai-sdk',
  'ai-sdk-ui',
  'langchain',
  'plain',
]

const anyDrafts: fc.Arbitrary<readonly Draft[]> = fc.oneof(
  openAiLogs.map((log) => toDrafts(log)),
  anthropicLogs.map((log) => toDrafts(log)),
  draftsOf(aiSdkLogs, 'ai-sdk'),
  draftsOf(aiSdkUiLogs, 'ai-sdk-ui'),
  draftsOf(langChainLogs, 'langchain'),
)

/** What a part says, to the letter or as the JSON that a format keeps as data. */
function wordsOf(part: Part): readonly string[] {
  if (part.type === 'text') return part.text.trim() === '' ? [] : [part.text]
  if (part.type === 'tool-call') return [part.name]
  return part.type === 'tool-result' ? part.output.split('\n').slice(0, 1) : []
}

test.each(FORMATS)(
  '[ADP13] nothing that was said, called or answered is missing in %s',
  (format) => {
    fc.assert(
      fc.property(anyDrafts, fc.boolean(), (drafts, isFolded) => {
        const context = contextOf(drafts, isFolded ? { digestAt: 0, digest: 'the digest' } : {})
        const written = JSON.stringify(writeContext(context, format))
        if (isFolded) expect(written).toContain('the digest')
        // What came in the format itself goes out to the letter.
        const others = drafts.filter(({ wire }) => wire?.format !== format)
        for (const words of others.flatMap(({ parts }) => parts.flatMap(wordsOf))) {
          // A word may stand in a text, or in data as it was before it became the text of a part.
          const quoted = JSON.stringify(words).slice(1, -1)
          expect(written.includes(quoted) || written.includes(words)).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  },
)
