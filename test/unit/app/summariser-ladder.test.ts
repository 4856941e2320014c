import { expect, test } from 'vitest'
import type { SummariserLadder } from '../../../src/app/run/summariser-ladder.ts'
import { createSummariserLadder } from '../../../src/app/run/summariser-ladder.ts'
import { BackfoldError } from '../../../src/core/backfold-error.ts'
import type { Summarisers } from '../../../src/client/summarisers.ts'
import type { SummariserOptions } from '../../../src/protocol/summariser-options.ts'
import type { ModelTest, SummarisersStatus } from '../../../src/protocol/summariser-status.ts'

const step = (model: string): SummariserOptions => ({
  kind: 'openai-compatible',
  baseUrl: 'http://localhost:1/v1',
  model,
})

interface Stage {
  readonly ladder: SummariserLadder
  /** What was asked of Backfold, in order. */
  readonly calls: string[]
  readonly models: () => readonly string[]
  readonly watchers: () => number
  settle(test: ModelTest): void
}

function stage(isThere = true): Stage {
  const calls: string[] = []
  let watchers = 0
  let answer: (test: ModelTest) => void = () => {}
  const status: SummarisersStatus = { steps: [], events: [], waits: [] }
  const summarisers: Summarisers = {
    status: {
      get: () => status,
      subscribe: () => {
        watchers += 1
        return () => {}
      },
    },
    choose: async (choices) => {
      const list = choices as readonly { readonly model: string }[]
      if (list.some(({ model }) => model === 'bad'))
        throw new BackfoldError('INVALID_INPUT', 'model: expected another')
      calls.push(`choose ${list.map(({ model }) => model).join()}`)
    },
    reset: async () => void calls.push('reset'),
    test: (at) => {
      calls.push(`test ${at}`)
      return new Promise((resolve) => (answer = resolve))
    },
    try: async (_session, at) => {
      calls.push(`try ${at}`)
      return { name: '', lines: [], dropped: 0, notes: [], spend: { calls: 0, tokens: 0 }, ms: 0 }
    },
    command: async (at, command) => void calls.push(`${command} ${at}`),
    sent: async () => [],
  }
  const ladder = createSummariserLadder(
    async () => (isThere ? summarisers : null),
    (callback) => queueMicrotask(callback),
  )
  const models = (): readonly string[] =>
    ladder.get().entries.map(({ choice }) => ('model' in choice ? (choice.model ?? '') : ''))
  return { ladder, calls, models, watchers: () => watchers, settle: (test) => answer(test) }
}

test('[APP97] steps are added, moved, taken off and cleared as one ladder', async () => {
  const { ladder, calls, models } = stage()
  for (const model of ['a', 'b', 'c']) expect(await ladder.add(step(model))).toBeNull()
  const [, second, third] = ladder.get().entries
  await ladder.move(third?.id ?? 0, -1)
  expect(models()).toEqual(['a', 'c', 'b'])
  await ladder.move(second?.id ?? 0, 1)
  expect(models()).toEqual(['a', 'c', 'b'])
  await ladder.remove(third?.id ?? 0)
  await ladder.clear()
  expect(calls).toEqual([
    'choose a',
    'choose a,b',
    'choose a,b,c',
    'choose a,c,b',
    'choose a,b',
    'choose ',
  ])
})

test('[APP97] a step that is refused leaves the ladder as it was, and says why', async () => {
  const { ladder, models } = stage()
  await ladder.add(step('a'))
  expect(await ladder.add(step('bad'))).toMatchObject({ code: 'INVALID_INPUT' })
  expect(models()).toEqual(['a'])
  expect(ladder.get()).toMatchObject({ problem: null, isChoosing: false })
})

test('[APP98] a test belongs to its step wherever that is moved meanwhile', async () => {
  const { ladder, calls, settle } = stage()
  await ladder.add(step('a'))
  await ladder.add(step('b'))
  const id = ladder.get().entries[1]?.id ?? 0
  const testing = ladder.test(id)
  expect(ladder.get().entries.map(({ test: one }) => one)).toEqual([null, 'asking'])
  await ladder.move(id, -1)
  const answered = { kind: 'failed', code: 'offline', reason: 'gone', ms: 5 } as const
  settle(answered)
  await testing
  expect(ladder.get().entries.map(({ test: one }) => one)).toEqual([answered, null])
  await ladder.command(id, 'load')
  await ladder.tryStep(id, 's', { from: 1, to: 2 })
  await ladder.reset()
  expect(calls.slice(2)).toEqual(['test 1', 'choose b,a', 'load 0', 'try 0', 'reset'])
})

test('[APP98] the ladder is followed once, and only from when there is one', async () => {
  const { ladder, watchers } = stage()
  await Promise.all([ladder.open(), ladder.open()])
  await ladder.open()
  expect([watchers(), ladder.get().isOpen]).toEqual([1, true])
  const none = stage(false)
  await none.ladder.open()
  expect(none.ladder.get().isOpen).toBe(false)
  expect(await none.ladder.add(step('a'))).toMatchObject({ code: 'INTERNAL' })
  await none.ladder.reset()
  expect(none.ladder.get().problem).toMatchObject({ message: 'Backfold is not open yet' })
  none.ladder.dismiss()
  expect(none.ladder.get().problem).toBeNull()
})
