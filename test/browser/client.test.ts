import { expect, test } from 'vitest'
import { openBackfold } from '../../src/client/open-backfold.ts'
import type { Session } from '../../src/client/session.ts'
import { openPage, prose } from './open-page.ts'

const TINY = { budget: { tokens: 4_000 } } as const

/** Appends turns with a large tool result each until the session is over its soft threshold. */
async function fill(session: Session, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    const id = `call-${turn}-${crypto.randomUUID()}`
    await session.append(
      { role: 'user', content: `Please read part ${turn}. Never edit part ${turn}.` },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id, type: 'function', function: { name: 'read', arguments: `{"path":"p${turn}.ts"}` } },
        ],
      },
      { role: 'tool', tool_call_id: id, content: prose(600, `t${turn}`) },
      { role: 'assistant', content: `Part ${turn} is read: it exports part${turn}Value.` },
    )
  }
}

test('[CLI6] what was appended is there after closing and opening again', async () => {
  const first = await openPage()
  const session = await first.backfold.session('kept', TINY)
  await fill(session, 8)
  await session.compact()
  await session.context()
  const before = await session.context({ adopt: false })
  expect(before.generation).toBeGreaterThan(0)
  await first.backfold.close()

  const second = await openPage({ name: first.database })
  const again = await second.backfold.session('kept')
  const after = await again.context({ adopt: false })
  expect(after.messages).toEqual(before.messages)
  expect(after.generation).toBe(before.generation)
  expect(again.state.get().messages).toBe(32)
  await second.backfold.close()
})

test('[CLI6] a session is folded by the workers while the page appends', async () => {
  const { backfold } = await openPage()
  const session = await backfold.session('live', TINY)
  const seen: string[] = []
  session.on('*', (event) => seen.push(event.type))
  for (let turn = 0; turn < 12; turn += 1) {
    await fill(session, 1)
    const context = await session.context()
    expect(context.tokens).toBeLessThanOrEqual(4_000)
  }
  expect(seen).toContain('job-started')
  expect(seen).toContain('applied')
  const range = await session.recall({ from: 1, to: 48 })
  expect(range.kind === 'messages' && range.messages.map((message) => message.seq)).toEqual(
    Array.from({ length: 48 }, (_, index) => index + 1),
  )
  await backfold.close()
})

test('[HEAL16, CLI6] a damaged file is imported, and its context is there on the next visit', async () => {
  const first = await openPage()
  const lines = [
    { role: 'user', content: 'When is low tide?' },
    { role: 'assistant', content: null },
    { role: 'tool', tool_call_id: 't1', content: 'ebb at six' },
    { role: 'assistant', content: 'At six.' },
  ]
  const text = lines.map((line) => JSON.stringify(line)).join('\n')
  const dropped = new File([`${text}\n{"role":"us`], 'harbour.jsonl')
  const imported = await first.backfold.import(dropped, { session: 'harbour' })
  expect(imported.title).toBe('When is low tide?')
  expect(imported.messages).toBe(4)
  expect(imported.repairs.map(({ kind, at }) => [kind, at])).toEqual([
    ['message-empty', 1],
    ['result-without-call', 2],
    ['line-cut-off', 4],
  ])
  const before = await imported.session.context()
  await first.backfold.close()

  const second = await openPage({ name: first.database })
  const session = await second.backfold.session('harbour')
  const after = await session.context()
  expect(after.messages).toEqual(before.messages)
  expect(after.messages).toMatchObject([
    lines[0],
    { role: 'assistant', tool_calls: [{ id: 't1' }] },
    lines[2],
    lines[3],
  ])
  const again = await second.backfold.import(dropped, { session: 'harbour' })
  expect(again.session.state.get().messages).toBe(4)
  await second.backfold.close()
})

test('[CLI1] a worker that dies is replaced, and calls that are safe are repeated', async () => {
  const { backfold, workers } = await openPage()
  const session = await backfold.session('phoenix')
  await session.append({ role: 'user', content: 'before' })
  const restarted = new Promise<string>((resolve) => {
    session.on('worker-restarted', (event) => resolve(event.type))
  })
  const pending = session.context()
  workers[0]?.terminate()
  const context = await pending
  expect(context.entries).toHaveLength(1)
  expect(await restarted).toBe('worker-restarted')
  expect(workers).toHaveLength(2)
  await session.append({ role: 'user', content: 'after' })
  expect((await session.context()).entries).toHaveLength(2)
  await backfold.close()
})

test('[CLI1] a call that is not safe to repeat ends with WORKER_LOST', async () => {
  const { backfold, workers } = await openPage()
  const session = await backfold.session('unsafe', TINY)
  await fill(session, 8)
  const rollback = session.rollback(0)
  workers[0]?.terminate()
  await expect(rollback).rejects.toMatchObject({ name: 'BackfoldError', code: 'WORKER_LOST' })
  expect((await session.context({ adopt: false })).through).toBe(32)
  await backfold.close()
})

test('[CLI2] an append in flight while the worker dies is in the log once', async () => {
  const { backfold, workers } = await openPage()
  const session = await backfold.session('once')
  await session.append({ role: 'user', content: 'first' })
  const texts = Array.from({ length: 40 }, (_, index) => `message ${index}`)
  const appends = texts.map((content) => session.append({ role: 'user', content }))
  // Some are committed by now, some are not, and the page can't tell which.
  await appends[3]
  workers[0]?.terminate()
  const receipts = await Promise.all(appends)
  const log = await session.recall({ from: 1, to: 100 })
  const found = log.kind === 'messages' ? log.messages : []
  const contents = found.flatMap(({ parts }) => (parts[0]?.type === 'text' ? [parts[0].text] : []))
  expect(contents.toSorted()).toEqual(['first', ...texts].toSorted())
  for (const [index, receipt] of receipts.entries()) {
    expect(contents[(receipt.seqs[0] ?? 0) - 1]).toBe(`message ${index}`)
  }
  await backfold.close()
})

test('[CLI3] a call that gets no answer ends with TIMED_OUT', async () => {
  // A worker that starts but never answers, as one does whose disk has stalled.
  const script = new Blob(['onmessage = () => {}'], { type: 'text/javascript' })
  const url = URL.createObjectURL(script)
  const opening = openBackfold({ deadlineMs: 200, spawnWorker: () => new Worker(url) })
  await expect(opening).rejects.toMatchObject({ name: 'BackfoldError', code: 'TIMED_OUT' })
})

test('[ERR3] after close() every call ends with CLOSED', async () => {
  const { backfold } = await openPage()
  const session = await backfold.session('closed')
  await backfold.close()
  await expect(session.append({ role: 'user', content: 'late' })).rejects.toMatchObject({
    code: 'CLOSED',
  })
  await expect(backfold.session('other')).rejects.toMatchObject({ code: 'CLOSED' })
})

test('[ERR1] errors reach the page with their code', async () => {
  const { backfold } = await openPage()
  const session = await backfold.session('wrong')
  await expect(session.append({ role: 'user', content: 42 })).rejects.toMatchObject({
    name: 'BackfoldError',
    code: 'INVALID_INPUT',
  })
  await expect(backfold.session('')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(session.generation(9)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
  await backfold.close()
})

test('[CLI1] a worker that dies while nobody calls is replaced too', async () => {
  const { backfold, workers } = await openPage()
  const session = await backfold.session('idle')
  const restarted = new Promise<void>((resolve) => {
    session.on('worker-restarted', () => resolve())
  })
  workers[0]?.terminate()
  await restarted
  expect(workers).toHaveLength(2)
  await backfold.close()
})
