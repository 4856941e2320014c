import { afterEach, expect, test } from 'vitest'
import { openBackfold } from '../../src/client/open-backfold.ts'
import type { Backfold } from '../../src/client/session.ts'
import { openPage } from './open-page.ts'
import type { ImportProgress } from '../../src/core/transfer/import-report.ts'

const opened: Backfold[] = []

afterEach(async () => {
  for (const backfold of opened.splice(0)) await backfold.close()
})

async function open(options: { readonly passphrase?: string } = {}): Promise<Backfold> {
  const name = `import-${crypto.randomUUID()}`
  const backfold = await openBackfold({ name, deadlineMs: 60_000, ...options })
  opened.push(backfold)
  return backfold
}

/** Words without end, none of which repeats soon. */
function wordsOf(seed: number, length: number): string {
  let state = seed * 2_654_435_761 + 1
  let text = ''
  while (text.length < length) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    text += `${state.toString(36)} `
  }
  return text
}

/** A data export of ChatGPT of about so many bytes: conversations of 40 kB, each a line of 20 messages. */
function exportOf(bytes: number): File {
  const block = wordsOf(7, 2_000)
  const pieces: string[] = []
  const count = Math.round(bytes / 46_000)
  for (let c = 0; c < count; c += 1) {
    const mapping: Record<string, unknown> = {
      root: { id: 'root', message: null, parent: null, children: ['0'] },
    }
    for (let n = 0; n < 20; n += 1) {
      const message = {
        id: `${n}`,
        author: { role: n % 2 === 0 ? 'user' : 'assistant' },
        create_time: 1_700_000_000 + n,
        content: { content_type: 'text', parts: [`${c} ${n} ${block}`] },
        recipient: 'all',
      }
      mapping[`${n}`] = {
        id: `${n}`,
        message,
        parent: n === 0 ? 'root' : `${n - 1}`,
        children: n === 19 ? [] : [`${n + 1}`],
      }
    }
    const conversation = {
      title: `Talk ${c}`,
      create_time: 1_700_000_000 + c,
      mapping,
      current_node: '19',
      conversation_id: `c-${c}`,
    }
    pieces.push(`${c === 0 ? '[' : ','}\n${JSON.stringify(conversation)}`)
  }
  pieces.push('\n]')
  return new File(pieces, 'conversations.json')
}

/** Longest time between two frames, and how many there were, until it is stopped. */
function watchFrames(): () => { readonly longest: number; readonly frames: number } {
  let longest = 0
  let frames = 0
  let last = performance.now()
  let isOver = false
  const next = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    frames += 1
    if (!isOver) requestAnimationFrame(next)
  }
  requestAnimationFrame(next)
  return () => {
    isOver = true
    return { longest, frames }
  }
}

test(
  '[EXPT18] a file of many megabytes comes in while the page goes on drawing',
  { timeout: 600_000 },
  async () => {
    const file = exportOf(30_000_000)
    const backfold = await open()
    const states: ImportProgress[] = []
    const stop = watchFrames()
    const began = performance.now()
    const report = await backfold.importFile(file, { onProgress: (state) => states.push(state) })
    const took = performance.now() - began
    const { longest, frames } = stop()
    expect(report.refused).toEqual([])
    expect(
      report.sessions.every(({ kind, messages }) => kind === 'imported' && messages === 20),
    ).toBe(true)
    expect(await backfold.sessions()).toHaveLength(report.sessions.length)
    expect(states.at(-1)?.ofBytes).toBe(file.size)
    expect(states.every(({ bytes }, i) => bytes >= (states[i - 1]?.bytes ?? 0))).toBe(true)
    // How long a loaded machine takes says nothing; that frames go on does.
    expect(longest).toBeLessThan(took / 4)
    expect(frames).toBeGreaterThan(10)
  },
)

test('[ARC9, EXPT18] a cancelled import leaves whole sessions, and goes on when it is repeated', async () => {
  const file = exportOf(6_000_000)
  const backfold = await open()
  const controller = new AbortController()
  const importing = backfold.importFile(file, {
    signal: controller.signal,
    onProgress: ({ sessions }) => {
      if (sessions > 3) controller.abort(new Error('stopped by the person'))
    },
  })
  await expect(importing).rejects.toThrow('stopped by the person')
  const there = await backfold.sessions()
  expect(there.length).toBeGreaterThan(0)
  expect(there.every(({ messages }) => messages === 20)).toBe(true)
  const report = await backfold.importFile(file)
  const kinds = report.sessions.map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'already-there').length).toBeGreaterThanOrEqual(
    there.length,
  )
  expect(new Set(report.sessions.map(({ id }) => id)).size).toBe(report.sessions.length)
  expect(await backfold.sessions()).toHaveLength(report.sessions.length)
})

test.each<[string, { readonly passphrase?: string }]>([
  ['one that is not encrypted', {}],
  ['one that is', { passphrase: 'low tide at six' }],
])(
  '[ARC6, ARC8] an archive comes out of a database and into %s, with the same contexts',
  async (_, options) => {
    const from = await open(options)
    const session = await from.session('s', { budget: { tokens: 4_000 }, automatic: false })
    for (let n = 0; n < 30; n += 1) {
      await session.append(
        { role: 'user', content: `Ask ${n}` },
        { role: 'assistant', content: wordsOf(n, 1_500) },
      )
    }
    await session.compact()
    await session.apply()
    await session.describe({ title: 'The talk' })
    const archive = await new Response(
      from.export() as ReadableStream<Uint8Array<ArrayBuffer>>,
    ).blob()
    const into = await open(options)
    const report = await into.importFile(archive)
    expect(report).toMatchObject({
      refused: [],
      sessions: [{ id: 's', kind: 'imported', title: 'The talk' }],
    })
    const copy = await into.session('s')
    expect(JSON.stringify(await copy.context({ adopt: false }))).toBe(
      JSON.stringify(await session.context({ adopt: false })),
    )
    expect((await copy.generations()).length).toBe(1)
  },
)

test('[ARC8, ARC9] where the worker dies, an export ends with an error, and an import goes on when it is repeated', async () => {
  const { backfold, workers } = await openPage()
  opened.push(backfold)
  const file = exportOf(4_000_000)
  const importing = backfold.importFile(file, {
    onProgress: ({ sessions }) => {
      if (sessions > 3 && workers.length === 1) workers[0]?.terminate()
    },
  })
  await expect(importing).rejects.toMatchObject({ code: 'WORKER_LOST' })
  const report = await backfold.importFile(file)
  expect(report.refused).toEqual([])
  expect(await backfold.sessions()).toHaveLength(report.sessions.length)
  const reader = backfold.export().getReader()
  await reader.read()
  workers.at(-1)?.terminate()
  const rest = (async () => {
    while (!(await reader.read()).done);
  })()
  await expect(rest).rejects.toMatchObject({ code: 'WORKER_LOST' })
  const whole = await new Response(
    backfold.export() as ReadableStream<Uint8Array<ArrayBuffer>>,
  ).blob()
  const again = await backfold.importFile(whole)
  expect(again.refused).toEqual([])
  expect(again.sessions.every(({ kind }) => kind === 'already-there')).toBe(true)
})
