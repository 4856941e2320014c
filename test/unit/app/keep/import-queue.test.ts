import { expect, test } from 'vitest'
import { createDeferred, type Deferred } from '../../../../src/app/keep/deferred.ts'
import { createImportQueue } from '../../../../src/app/keep/import-queue.ts'
import { readImportReport } from '../../../../src/app/keep/import-report.ts'
import type { ImportReport } from '../../../../src/core/transfer/import-report.ts'
import type { ImportFileOptions } from '../../../../src/client/session.ts'

const NOTHING: ImportReport = { sessions: [], repairs: [], refused: [] }

interface Asked {
  readonly name: string
  readonly options: ImportFileOptions
  readonly done: Deferred<ImportReport>
}

function openQueue() {
  const asked: Asked[] = []
  let imported = 0
  const queue = createImportQueue(
    (file, options) => {
      const done = createDeferred<ImportReport>()
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

test('[KEEP20] a report is said in words, and of many lines the first', () => {
  const session = { id: 's', title: 'T', messages: 4, tokens: 9, source: 'chatgpt' } as const
  const report: ImportReport = {
    sessions: [
      { ...session, kind: 'imported' },
      { ...session, id: 't', kind: 'already-there' },
      { ...session, id: 'u', kind: 'resumed', note: 'Two messages more.' },
    ],
    repairs: [{ what: 'conversation 3', reason: 'closed a call' }],
    refused: [{ what: 'log.jsonl', line: 7, column: 2, reason: 'no JSON' }],
  }
  const words = readImportReport(report)
  expect(words.sessions.map(({ note }) => note)).toEqual([
    '',
    'It was there already; nothing was stored twice.',
    'Two messages more.',
  ])
  expect(words.repairs).toEqual(['conversation 3: closed a call'])
  expect(words.refusals).toEqual(['log.jsonl, line 7, column 2: no JSON'])
  const refused = Array(900).fill({ what: 'a', reason: 'x' })
  const many = readImportReport({ ...report, refused }).refusals
  expect(many).toHaveLength(201)
  expect(many.at(-1)).toBe('and 700 more')
})

test('[KEEP21] files are imported one after another, and a failed one holds up no other', async () => {
  const { queue, asked, statuses, imported } = openQueue()
  queue.add([file('a'), file('b'), file('c')])
  expect(statuses()).toBe('running,waiting,waiting')
  asked[0]?.options.onProgress?.({ bytes: 5, ofBytes: 10, sessions: 0, messages: 0 })
  expect(queue.get()[0]?.progress).toBe(0.5)
  asked[0]?.done.reject(new Error('no session in it'))
  await expect.poll(statuses).toBe('failed,running,waiting')
  expect(queue.get()[0]?.problem?.message).toBe('no session in it')
  asked[1]?.done.resolve(NOTHING)
  await expect.poll(statuses).toBe('failed,done,running')
  asked[2]?.done.resolve(NOTHING)
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
  asked[1]?.done.resolve(NOTHING)
  await expect.poll(statuses).toBe('done,cancelled')
  queue.resume(first?.key ?? '')
  expect(statuses()).toBe('done,cancelled')
})
