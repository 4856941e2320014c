import { expect, test } from 'vitest'
import { actionOf, noteItems } from '../../../src/app/view/note-items.ts'
import type { MemoryAction } from '../../../src/core/memory/memory-action.ts'

const FIELDS = { session: 's', schema: 1, by: 'model', at: 0, seq: 8, turn: 2 } as const

test('[APP64] what a model did is told in words, newest first, with its sources', () => {
  const actions: readonly MemoryAction[] = [
    { ...FIELDS, n: 1, kind: 'note', text: 'The port is 7781.', status: 'done' },
    { ...FIELDS, n: 2, kind: 'rule-proposal', text: 'Always lint.', status: 'done' },
    { ...FIELDS, n: 3, kind: 'pin', seqs: [4, 5], tokens: 1_200, status: 'done' },
    { ...FIELDS, n: 4, kind: 'unpin', seqs: [4], status: 'done' },
    { ...FIELDS, n: 5, kind: 'archive', upTo: 6, payloads: [], generation: 2, status: 'done' },
    {
      ...FIELDS,
      n: 6,
      kind: 'archive',
      payloads: [
        { seq: 7, part: 0 },
        { seq: 3, part: 1 },
      ],
      status: 'pending',
    },
  ]
  const items = noteItems(actions)
  expect(items.map(actionOf)).toEqual([6, 5, 4, 3, 2, 1])
  expect(items.map(({ detail }) => detail)).toEqual([
    'Payloads of #7, part 0, #3, part 1',
    'Everything up to #6, as generation 2',
    '#4',
    '#4, #5 (1,200 tokens)',
    'Always lint.',
    'The port is 7781.',
  ])
  expect(items.map(({ sources }) => sources)).toEqual([[3, 7], [8], [4], [4, 5], [8], [8]])
  expect(items[4]?.title).toBe('Proposed rule, not in force')
  expect(items[0]?.status?.text).toBe('takes effect later')
  expect(items.every(({ actions: buttons }) => buttons.includes('undo'))).toBe(true)
})

test('[APP64] what does not hold any more cannot be undone, and says who undid it', () => {
  const note = { ...FIELDS, n: 1, kind: 'note', text: 'gone' } as const
  const pin = { ...FIELDS, n: 2, kind: 'pin', seqs: [1], tokens: 5, status: 'taken-over' } as const
  const items = noteItems([{ ...note, status: 'undone', undone: { by: 'person', at: 1 } }, pin])
  expect(items.map(({ actions }) => actions)).toEqual([[], []])
  expect(items.map(({ status }) => status?.text)).toEqual(['yours now', 'undone'])
  expect(items[1]?.notes).toEqual(['Action 1, in turn 2; undone by a person'])
  expect(new Set(items.map(({ group }) => group))).toEqual(new Set(['No longer in effect']))
})

test('[APP64] an archive of many payloads names some and counts the rest', () => {
  const payloads = Array.from({ length: 40 }, (_, at) => ({ seq: at + 1, part: 0 }))
  const [item] = noteItems([{ ...FIELDS, n: 1, kind: 'archive', payloads, status: 'done' }])
  expect(item?.detail).toMatch(/#12, part 0 and 28 more$/)
})
