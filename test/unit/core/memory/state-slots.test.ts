import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findStateSlots } from '../../../../src/core/memory/state-slots.ts'
import type { Draft } from '../../../../src/core/session/message.ts'
import { arbitraryDrafts } from '../../../support/build-arbitrary-log.ts'
import { buildLog, result, toolCall, user } from '../../../support/build-log.ts'

function called(name: string, input: object): Draft {
  return { role: 'assistant', parts: [toolCall('c', name, JSON.stringify(input))] }
}

function changed(...drafts: readonly Draft[]): readonly string[] {
  return findStateSlots(buildLog(drafts).messages)
    .filter(({ isChanged }) => isChanged)
    .map(({ label, text }) => `${label} | ${text}`)
}

const order = (status: string, extra: object = {}): Draft =>
  result('c', JSON.stringify({ order_id: 'W-77', status, total: { amount: 1250 }, ...extra }))

test('[FACT1] of a record that was read twice, the fields that changed are kept with their newest value', () => {
  expect(changed(order('pending'), order('delivered'))).toEqual(['W-77 | status: delivered'])
  expect(changed(order('pending'), order('pending'))).toEqual([])
  expect(changed(order('one'), order('two', { total: { amount: 990 } }))).toEqual([
    'W-77 | status: two',
    'W-77 | total.amount: 990',
  ])
  expect(changed(result('c', '{"order_id":"W-1","status":"one"}'), order('two'))).toEqual([])
})

test('[FACT1] of to-dos the newest standing is kept', () => {
  const todos = (status: string): Draft =>
    called('plan', { todos: [{ content: 'Write the report', status }] })
  expect(changed(todos('pending'), todos('completed'))).toEqual([
    'To-dos | Write the report: completed',
  ])
})

test('[FACT1] what the user wants instead stands last', () => {
  expect(changed(user('Please use pnpm instead of yarn.'))).toEqual([
    'The user wants | instead of yarn: pnpm',
  ])
})

const edit = (before: string, after: string): Draft =>
  called('edit', { file_path: 'src/a.ts', old_string: before, new_string: after })

test('[FACT3] a line that was edited again and again is kept as it is now', () => {
  const [one, two, three] = ['const size = 10', 'const size = 20', 'const size = 30']
  expect(changed(edit(one, two), edit(two, three))).toEqual(['Now in a.ts | const size = 30'])
  expect(changed(edit(one, two), edit(two, one))).toEqual(['Now in a.ts | const size = 10'])
  const [slot] = findStateSlots(
    buildLog([edit(`${one}\nkeep this line`, `${two}\nkeep this line`)]).messages,
  )
  expect(slot?.replaced).toEqual([one])
})

test('[FACT4] what has no known shape is passed over', () => {
  expect(changed(result('c', '{"order_id": '), result('c', '[1, 2]'), result('c', '{}'))).toEqual(
    [],
  )
  expect(changed(called('edit', { old_string: 5, new_string: null }))).toEqual([])
  fc.assert(
    fc.property(arbitraryDrafts, fc.json(), (drafts, json) => {
      const odd = result('c', json)
      const { messages } = buildLog([
        ...drafts,
        odd,
        odd,
        called('x', { todos: json, edits: json }),
      ])
      for (const { seq } of findStateSlots(messages))
        expect(seq).toBeLessThanOrEqual(messages.length)
    }),
  )
})
