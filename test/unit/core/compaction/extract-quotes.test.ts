import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extractQuotes } from '../../../../src/core/compaction/extract-quotes.ts'
import { oneLine } from '../../../../src/core/compaction/digest-text.ts'
import { extractSlotLines } from '../../../../src/core/compaction/extract-slots.ts'
import { marksOf, markOf } from '../../../../src/core/compaction/superseded.ts'
import { partText, type Draft } from '../../../../src/core/session/message.ts'
import { arbitraryDrafts } from '../../../support/build-arbitrary-log.ts'
import { assistant, buildLog, result, toolCall, user } from '../../../support/build-log.ts'

function called(name: string, input: object, said: string = ''): Draft {
  const call = toolCall('c', name, JSON.stringify(input))
  return { role: 'assistant', parts: said ? [{ type: 'text', text: said }, call] : [call] }
}

function quotes(drafts: readonly Draft[], maxTokens: number = 1_000): readonly string[] {
  return extractQuotes(buildLog(drafts).messages, maxTokens).map(
    ({ label, text }) => `${label} | ${text}`,
  )
}

test('[SAL6] every quote of what was said or returned stands in its message', () => {
  fc.assert(
    fc.property(arbitraryDrafts, fc.integer({ min: 0, max: 2_000 }), (drafts, maxTokens) => {
      const { messages } = buildLog(drafts)
      const bySeq = new Map(messages.map((message) => [message.seq, message]))
      for (const line of extractQuotes(messages, maxTokens)) {
        expect(line.sources.length).toBeGreaterThan(0)
        const told = line.sources.flatMap((seq) => bySeq.get(seq)?.parts ?? [])
        // Arguments and JSON are read, so they are compared by their words.
        const words = oneLine(told.map(partText).join(' ')).split(/[^\p{L}\p{N}]+/u)
        for (const word of line.text.split(/[^\p{L}\p{N}]+/u)) {
          if (word)
            expect(
              words.some((one) => one.includes(word)),
              word,
            ).toBe(true)
        }
      }
    }),
  )
})

test('[SAL6] a call is quoted with what was said before it, and what it returned behind its label', () => {
  const drafts = [
    called('read_file', { path: 'src/core/log.ts' }, 'Let me see how the log is kept.'),
    result('c', 'export function appendToLog(): void {\n  // nothing of note\n}'),
  ]
  expect(quotes(drafts)).toEqual([
    'Assistant | Let me see how the log is kept.',
    'Assistant | Let me see how the log is kept. → read_file path: src/core/log.ts',
    'read_file src/core/log.ts | export function appendToLog(): void { // nothing of note }',
  ])
})

test('[SAL6] rules and requests are not quoted again, and nods not at all', () => {
  const drafts = [
    user('Never push to main.'),
    user('ok'),
    user('The shop is in Lisbon, at pier 12.'),
  ]
  expect(quotes(drafts)).toEqual(['User | The shop is in Lisbon, at pier 12.'])
})

test('[SAL6] quotes keep within their tokens, the most telling first', () => {
  const drafts = [
    assistant('It is all in src/engine/open-session.ts, see openSession().'),
    ...Array.from({ length: 40 }, (_, i) => assistant(`And so it goes on for a while, part ${i}.`)),
  ]
  const few = quotes(drafts, 40)
  expect(few[0]).toContain('src/engine/open-session.ts')
  expect(few.length).toBeLessThan(5)
  expect(quotes(drafts, 0)).toEqual([])
})

test('[FACT2] an edit marks the lines that went, however a tool numbered them', () => {
  const input = { file_path: 'a.ts', old_string: 'const size = 10', new_string: 'const size = 20' }
  const { messages } = buildLog([called('edit', input)])
  expect(extractSlotLines(messages)).toMatchObject([
    { section: 'state', text: 'const size = 20', replaces: [markOf('const size = 10')] },
  ])
  expect(marksOf('  12→const size = 10\nshort')).toEqual([markOf('const size = 10')])
  expect(quotes([called('edit', input)]).join()).not.toContain('size = 10')
})
