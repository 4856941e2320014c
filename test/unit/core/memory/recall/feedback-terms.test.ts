import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSegmentBuilder } from '../../../../../src/core/memory/recall/build-segment.ts'
import {
  feedbackTerms,
  type FeedbackTerm,
} from '../../../../../src/core/memory/recall/feedback-terms.ts'
import {
  openSegment,
  type OpenSegment,
} from '../../../../../src/core/memory/recall/open-segment.ts'
import { parseQuery } from '../../../../../src/core/memory/recall/parse-query.ts'
import { bestAlone, rankPassages } from '../../../../../src/core/memory/recall/rank-passages.ts'

function indexed(texts: readonly string[]): readonly OpenSegment[] {
  const builder = createSegmentBuilder(1)
  texts.forEach((text, index) => builder.add({ seq: index + 1, text }))
  const opened = openSegment(builder.build())
  return opened ? [opened] : []
}

const TEXTS = [
  'the zebra crossing was painted by the roadworks crew',
  'a roadworks crew came on Monday',
  'nothing of it',
  'lunch was late',
]

function feedbackOf(texts: readonly string[], query: string): readonly FeedbackTerm[] {
  const segments = indexed(texts)
  const parsed = parseQuery(query)
  const best = bestAlone(segments, parsed, 4)
  const found = best.map(({ seq, score }) => ({ text: texts[seq - 1] ?? '', score }))
  return feedbackTerms(segments, parsed, found)
}

test('[IDX13] what a good passage says besides the query leads to others that say it', () => {
  const segments = indexed(TEXTS)
  const query = parseQuery('zebra')
  const feedback = feedbackOf(TEXTS, 'zebra')
  expect(feedback.map(({ term }) => term)).toContain('roadworks')
  const seqsOf = (given: readonly FeedbackTerm[]): readonly number[] =>
    rankPassages(segments, query, 10, { feedback: given }).map(({ seq }) => seq)
  expect(seqsOf([])).toEqual([1])
  expect(seqsOf(feedback).slice(0, 2)).toEqual([1, 2])
})

test('[IDX13] a word that stands nowhere else, or was asked for, leads nowhere', () => {
  const terms = feedbackOf(TEXTS, 'zebra').map(({ term }) => term)
  expect(terms).not.toContain('painted')
  expect(terms).not.toContain('zebra')
  expect(feedbackOf(TEXTS, 'unheard')).toEqual([])
})

test('[IDX13] where nothing but phrases or identifiers is asked for there is no feedback', () => {
  const texts = ['edit src/a.ts for roadworks', 'the roadworks crew', 'src/b.ts']
  expect(feedbackOf(texts, 'src/a.ts')).toEqual([])
  expect(feedbackOf(TEXTS, '"zebra crossing"')).toEqual([])
  expect(feedbackOf(TEXTS, 'zebra crossing')).not.toEqual([])
})

test('[IDX13] few terms count, together little more than the query, whatever the texts', () => {
  fc.assert(
    fc.property(fc.array(fc.lorem({ maxCount: 12 }), { minLength: 2, maxLength: 12 }), (texts) => {
      const [query = ''] = texts
      const feedback = feedbackOf(texts, query.split(' ').slice(0, 2).join(' '))
      expect(feedback.length).toBeLessThanOrEqual(10)
      expect(feedback.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1.2)
    }),
  )
})
