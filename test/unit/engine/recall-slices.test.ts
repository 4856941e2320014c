import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import { hashText } from '../../../src/core/session/chain.ts'
import type { RecallQuery } from '../../../src/protocol/requests.ts'
import { BY_HAND, openTab } from '../../support/build-engine.ts'
import { toolCall, turns } from '../../support/build-log.ts'

const ROWS = JSON.stringify({
  rows: Array.from({ length: 60 }, (_, n) => ({ id: n, at: `t${n}` })),
})
const LINES = Array.from({ length: 80 }, (_, n) => `line ${n + 1} of the output`).join('\n')

async function foldedSession(): Promise<Session> {
  const tab = openTab()
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append(...turns(1, ROWS), ...turns(5, LINES))
  await session.compact()
  await session.apply()
  return session
}

test('[REC5, REC6, REC7] a slice of an artifact and of a part is the same', async () => {
  const session = await foldedSession()
  for (const [payload, seq, slice, text] of [
    [LINES, 7, { lines: { from: 3, to: 4 } }, 'line 3 of the output\nline 4 of the output'],
    [LINES, 7, { grep: 'line 7* output', context: 0 }, /^7: line 7 of/],
    [ROWS, 3, { path: '$.rows[-1].at' }, 't59'],
  ] as const) {
    const moved = await session.recall({ artifact: hashText(payload).slice(0, 12), ...slice })
    expect(moved).toMatchObject({ kind: 'slice', characters: payload.length })
    if (moved.kind === 'slice') expect(moved.text).toMatch(text)
    expect(await session.recall({ seq, part: 0, ...slice })).toEqual(moved)
  }
})

test('[REC3] a part that was never moved out is a payload too, and of a call its arguments are', async () => {
  const session = await foldedSession()
  const { seqs } = await session.append({
    role: 'assistant',
    parts: [{ type: 'text', text: 'now' }, toolCall('c', 'write', '{"path":"a.ts","text":"x"}')],
  })
  const seq = seqs[0] ?? 0
  expect(await session.recall({ seq, part: 0 })).toMatchObject({ kind: 'artifact', text: 'now' })
  expect(await session.recall({ seq, part: 1, path: '$.path' })).toMatchObject({ text: 'a.ts' })
})

test('[REC8] a digest line is expanded to its sources, by id and by its text', async () => {
  const session = await foldedSession()
  const { digest, text } = await session.generation(1)
  for (const line of digest) {
    const found = await session.recall({ line: line.id })
    expect(found).toMatchObject({ kind: 'sources', line })
    if (found.kind !== 'sources') throw new Error(found.kind)
    expect(found.messages.map(({ seq }) => seq)).toEqual(line.sources)
  }
  const shown = text.split('\n').filter((line) => line.startsWith('- '))
  for (const line of shown) {
    const found = await session.recall({ line })
    if (found.kind !== 'sources') throw new Error(found.kind)
    const { label, text: said } = found.line
    expect(line.startsWith(`- ${label === undefined ? '' : `${label}: `}${said}`), line).toBe(true)
  }
})

test('[REC9] what can not be taken is refused with what there is', async () => {
  const session = await foldedSession()
  const artifact = hashText(LINES)
  for (const [query, code, reason] of [
    [{ artifact, lines: { from: 0, to: 1 } }, 'INVALID_INPUT', /1 ≤ from ≤ to/],
    [{ artifact, lines: { from: 81, to: 90 } }, 'SESSION_NOT_FOUND', /has 80 lines/],
    [{ artifact, path: '$' }, 'INVALID_INPUT', /not JSON/],
    [{ artifact, path: '$', grep: 'a' }, 'INVALID_INPUT', /one slice at a time/],
    [{ artifact, grep: '' }, 'INVALID_INPUT', /nothing to look for/],
    [{ seq: 3, part: 0, path: '$.rows[99]' }, 'SESSION_NOT_FOUND', /a list of 60/],
    [{ seq: 3, part: 1 }, 'SESSION_NOT_FOUND', /no part 1/],
    [{ seq: 999, part: 0 }, 'SESSION_NOT_FOUND', /no message 999/],
    [{ seq: 0.5, part: 0 }, 'INVALID_INPUT', /seq and part/],
    [{ line: 'nothing of the kind' }, 'SESSION_NOT_FOUND', /no line/],
    [{ line: '' }, 'INVALID_INPUT', /named by its id/],
    [{ artifact, lines: null }, 'INVALID_INPUT', /from and to/],
    [{ artifact: 7 }, 'INVALID_INPUT', /12 or more digits/],
  ] as const) {
    const failure: unknown = await session
      .recall(query as unknown as RecallQuery)
      .catch((thrown: unknown) => thrown)
    expect(failure, JSON.stringify(query)).toMatchObject({
      code,
      message: expect.stringMatching(reason) as string,
    })
  }
})
