import { expect, test } from 'vitest'
import { createDeferred, type Deferred } from '../../../../src/app/keep/deferred.ts'
import { createImportQueue } from '../../../../src/app/keep/import-queue.ts'
import { readImportReport } from '../../../../src/app/keep/import-report.ts'
import type { ImportFileOptions } from '../../../../src/app/keep/kept-backfold.ts'

interface Asked {
  readonly name: string
  readonly options: ImportFileOptions
  readonly done: Deferred<unknown>
}

function openQueue() {
  const asked: Asked[] = []
  let imported = 0
  const queue = createImportQueue(
    (file, options) => {
      const done = createDeferred<unknown>()
      options.signal?.addEventListener('abort', () => done.reject(new Error('stopped')))
      asked.push({ name: file.name, options, done })
      return done.promise
    },
    () => (imported += 1),
  )
  const statuses = (): string =>
    queue
      .get()
      .map(({ status }) => status)
      .join()
  return { queue, asked, statuses, imported: () => imported }
}

const file = (name: string): File => new File(['0123456789'], name)

test('[KEEP20] a report is read field by field, and of many lines the first', () => {
  const report = {
    sessions: [{ id: 's', title: 'T', messages: 4 }, null],
    repairs: [{ detail: 'closed a call' }],
    refusals: [{ line: 7, reason: 'no JSON' }],
  }
  expect(readImportReport(report)).toEqual({
    sessions: [
      { id: 's', title: 'T', messages: 4 },
      { id: '', title: '', messages: 0 },
    ],
    repairs: ['closed a call'],
    refusals: ['line 7: no JSON'],
  })
  expect(readImportReport(null)).toEqual({ sessions: [], repairs: [], refusals: [] })
  const many = readImportReport({ refusals: Array(900).fill('x') }).refusals
  expect(many).toHaveLength(201)
  expect(many.at(-1)).toBe('and 700 more')
})

test('[KEEP21] files are imported one after another, and a failed one holds up no other', async () => {
  const { queue, asked, statuses, imported } = openQueue()
  queue.add([file('a'), file('b'), file('c')])
  expect(statuses()).toBe('running,waiting,waiting')
  asked[0]?.options.onProgress?.({ bytes: 5 })
  expect(queue.get()[0]?.progress).toBe(0.5)
  asked[0]?.done.reject(new Error('no session in it'))
  await expect.poll(statuses).toBe('failed,running,waiting')
  expect(queue.get()[0]?.problem?.message).toBe('no session in it')
  asked[1]?.done.resolve({ sessions: [{ id: 'x' }] })
  await expect.poll(statuses).toBe('failed,done,running')
  asked[2]?.done.resolve({})
  await expect.poll(statuses).toBe('failed,done,done')
  expect(imported()).toBe(3)
  queue.clear()
  expect(queue.get()).toEqual([])
})

test('[KEEP22] what was stopped, before or while it was read, can be taken up again', async () => {
  const { queue, asked, statuses } = openQueue()
  queue.add([file('a'), file('b')])
  const [first, second] = queue.get()
  queue.cancel(second?.key ?? '')
  queue.cancel(first?.key ?? '')
  await expect.poll(statuses).toBe('cancelled,cancelled')
  queue.resume(first?.key ?? '')
  await expect.poll(() => asked.length).toBe(2)
  expect(asked[1]?.name).toBe('a')
  asked[1]?.done.resolve({})
  await expect.poll(statuses).toBe('done,cancelled')
  queue.resume(first?.key ?? '')
  expect(statuses()).toBe('done,cancelled')
})
