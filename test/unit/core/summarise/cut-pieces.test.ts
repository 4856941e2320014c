import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutPieces, LEAST_PIECE_TOKENS } from '../../../../src/core/summarise/cut-pieces.ts'
import { planBlock, questionsFor } from '../../../../src/core/summarise/plan-block.ts'
import { assistant, result, toolCall, user } from '../../../support/build-log.ts'
import { arbitraryDrafts } from '../../../support/build-arbitrary-log.ts'
import { buildMessages, countQuarters } from '../../../support/build-model.ts'

const count = countQuarters

test('[SUM1, SUM2] every message of any log is in exactly one piece, in order, and no piece is too large', () => {
  fc.assert(
    fc.property(
      arbitraryDrafts,
      fc.string({ unit: 'binary', maxLength: 3_000 }),
      fc.integer({ min: 0, max: 2_000 }),
      (drafts, text, maxTokens) => {
        const messages = buildMessages([...drafts, user(text), result('x', text.repeat(4))])
        const pieces = cutPieces(messages, { maxTokens, count })
        expect(pieces.flatMap((piece) => piece.messages)).toEqual(messages)
        for (const piece of pieces) {
          expect(count(piece.text)).toBeLessThanOrEqual(Math.max(LEAST_PIECE_TOKENS, maxTokens))
          expect(piece.text.isWellFormed()).toBe(true)
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('[SUM2] a large payload stands as its most telling parts, a call as one line', () => {
  const rows = Array.from({ length: 400 }, () => 'nothing to see in this row')
  rows[200] = 'The build failed with ERROR_CODE_4711 in src/core/engine.ts at line 88.'
  const messages = buildMessages([
    user('Read the table, please.'),
    { role: 'assistant', parts: [toolCall('c', 'read_file', '{"path":"src/table.csv"}')] },
    result('c', rows.join('\n')),
    assistant('The table has one error.'),
  ])
  const [piece] = cutPieces(messages, { maxTokens: 2_000, count })
  const text = piece?.text ?? ''
  expect(text.split('\n').slice(0, 4)).toEqual([
    '#1 user',
    '| Read the table, please.',
    '#2 assistant',
    '| (called read_file src/table.csv)',
  ])
  expect(text).toContain('src/core/engine.ts')
  expect(text).toContain('| […]')
  expect(text.length).toBeLessThan(3_000)
})

test('[SUM2] one line of megabytes is cut in time', () => {
  const messages = buildMessages([user('a_b '.repeat(500_000)), result('c', 'x'.repeat(2_000_000))])
  const pieces = cutPieces(messages, { maxTokens: 600, count })
  expect(pieces.every(({ tokens }) => tokens <= 600)).toBe(true)
})

test('[SUM1] a window too small for a question is told so, and a plan never exceeds the window', () => {
  expect(planBlock({ contextTokens: 900 })).toBeUndefined()
  expect(planBlock({ contextTokens: Number.NaN })).toBeUndefined()
  for (let contextTokens = 1_200; contextTokens < 200_000; contextTokens *= 1.3) {
    const plan = planBlock({ contextTokens })
    const used = (plan?.pieceTokens ?? 0) + (plan?.shownTokens ?? 0) + (plan?.answerTokens ?? 0)
    expect(used).toBeLessThan(contextTokens * 0.82)
  }
})

test('[SUM3] a small window is asked one section per call, a large one, or too many calls, all at once', () => {
  const small = planBlock({ contextTokens: 4_096 })
  expect(small?.questions).toHaveLength(5)
  expect(planBlock({ contextTokens: 32_000 })?.questions).toHaveLength(1)
  if (!small) throw new Error('no plan')
  expect(questionsFor(small, 4, 24)).toHaveLength(5)
  expect(questionsFor(small, 5, 24)).toHaveLength(1)
})
