import fc from 'fast-check'
import { expect, test } from 'vitest'
import { payloadItems } from '../../../src/app/view/payload-items.ts'
import type { MemoryItem } from '../../../src/app/view/memory-item.ts'
import type { Entry } from '../../../src/core/session/context.ts'
import type { DigestLine } from '../../../src/core/session/generation.ts'
import { writeStub } from '../../../src/core/memory/stubs/write-stub.ts'
import type { Draft, Message } from '../../../src/core/session/message.ts'
import { BY_HAND, openTab } from '../../support/build-engine.ts'
import { assistant, result, toolCall, user } from '../../support/build-log.ts'

const HASH = 'a1b2c3d4e5f6'.padEnd(64, '0')
const EARLIER = 'ffeeddccbbaa'

function artifactLine(text: string, sources: readonly number[] = [4]): DigestLine {
  const rest = { id: `l${sources.join()}`, section: 'artifacts' as const, tokens: 9, salience: 1 }
  return { ...rest, text, sources, artifact: HASH }
}

/** A text that holds a pattern, for deep comparisons. */
function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern)
}

function list(lines: readonly DigestLine[], entries: readonly Entry[] = []): readonly MemoryItem[] {
  return payloadItems({ lines, entries, log: [], mark: 0 })
}

function stubbed(seq: number, output: string): Entry {
  const part = { type: 'tool-result' as const, callId: 'c', output }
  const message = { seq, role: 'tool', parts: [part] } as unknown as Message
  return { kind: 'stubbed', message, tokens: 1, artifacts: [HASH] }
}

test('[APP60] a payload of the digest is listed with what it was, its shape, and its earlier reading', () => {
  const text =
    'read_file src/a.ts: result, TypeScript, 40 lines, 1,204 characters, artifact a1b2c3d4e5f6, ' +
    `newer than #2 (+3 −1 lines, before it artifact ${EARLIER})`
  expect(list([artifactLine(text, [9])])).toMatchObject([
    {
      group: 'Named by the digest',
      title: 'read_file src/a.ts',
      detail: 'result, TypeScript, 40 lines, 1,204 characters',
      sources: [9],
      notes: ['Newer than #2: 3 lines added, 1 removed since'],
      place: { artifact: HASH },
      actions: ['open'],
    },
    {
      group: 'Earlier readings',
      title: 'read_file src/a.ts',
      sources: [2],
      notes: ['Read again in #9'],
      place: { artifact: EARLIER },
    },
  ])
})

test('[APP60] a payload both in the digest and stubbed in the context is listed once', () => {
  const stub = '[run tests: moved out of context (9,000 characters). recall artifact a1b2c3d4e5f6.]'
  const items = list([artifactLine('odd, artifact a1b2c3d4e5f6')], [stubbed(5, stub)])
  expect(items).toHaveLength(1)
  expect(list([], [stubbed(5, stub), stubbed(6, stub)])).toMatchObject([
    { group: 'Stubs in the context', title: 'run tests', detail: '9,000 characters', sources: [5] },
  ])
})

test('[APP60] a stub is listed with its shape, the lines it shows, and what it is a newer reading of', () => {
  const request = { label: 'result of read_file a.ts', artifact: HASH, seq: 9 }
  const change = { since: 4, added: 2, removed: 1, kept: 3, lines: [] }
  const payload = 'export const port = 7781\n'.repeat(200)
  const stub = writeStub(payload, { ...request, change })
  expect(list([], [stubbed(9, stub)])).toMatchObject([
    {
      title: 'result of read_file a.ts',
      detail: matching(/^5,000 characters, TypeScript code, .*\n\| /),
      notes: ['Newer than #4: 2 lines added, 1 removed since'],
    },
  ])
})

test('[APP60] of what was folded, large payloads are listed, with newer readings of the same', () => {
  const read = (seq: number, output: string): readonly { seq: number; draft: Draft }[] => [
    {
      seq,
      draft: { role: 'assistant', parts: [toolCall(`c${seq}`, 'read_file', '{"path":"a.ts"}')] },
    },
    { seq: seq + 1, draft: result(`c${seq}`, output) },
  ]
  const large = 'export const port = 7781\n'.repeat(80)
  const written = JSON.stringify({ path: 'b.ts', text: large })
  const log = [
    ...read(1, large),
    ...read(3, 'short'),
    ...read(5, large),
    {
      seq: 7,
      draft: { role: 'assistant', parts: [toolCall('w', 'write_file', written)] } as const,
    },
    { seq: 8, draft: result('lost', large) },
    ...read(9, large),
  ]
  expect(payloadItems({ lines: [], entries: [], log, mark: 9 })).toMatchObject([
    { sources: [8], title: 'tool result', notes: [], place: { seq: 8, part: 0 } },
    { sources: [7], title: 'write_file b.ts', detail: matching(/^arguments, JSON/) },
    { sources: [6], title: 'read_file a.ts', notes: ['Newer than #2'] },
    {
      sources: [2],
      notes: ['Newer one in #6'],
      detail: matching(/TypeScript.*2,000/),
    },
  ])
})

test('[APP60] payloads of a real fold and of a real stub are all listed, and open', async () => {
  const { backfold } = openTab()
  const session = await backfold.session('s', { ...BY_HAND, budget: { tokens: 4_000 } })
  for (let turn = 1; turn <= 8; turn += 1) {
    const input = JSON.stringify({ path: `src/file-${turn}.ts` })
    const output = `export const value${turn} = ${turn}\n`.repeat(150)
    await session.append(
      user(`Please read file ${turn}.`),
      { role: 'assistant', parts: [toolCall(`c${turn}`, 'read_file', input)] },
      result(`c${turn}`, output),
      assistant(`File ${turn} is read.`),
    )
  }
  await session.compact()
  await session.apply()
  const { generation, mark, newest } = session.state.get()
  const { digest } = await session.generation(generation)
  const { entries } = await session.context({ format: 'plain', adopt: false })
  const whole = await session.recall({ from: 1, to: newest })
  if (whole.kind !== 'messages') throw new Error('a range is answered with messages')
  const log = whole.messages.map((message) => ({ seq: message.seq, draft: message }))
  const items = payloadItems({ lines: digest, entries, log, mark })
  const moved = [
    ...log.flatMap(({ seq, draft }) => (draft.role === 'tool' && seq <= mark ? [seq] : [])),
    ...entries.flatMap((entry) => (entry.kind === 'stubbed' ? [entry.message.seq] : [])),
  ]
  expect(moved.length).toBeGreaterThan(4)
  expect(items.flatMap(({ sources }) => sources).toSorted((a, b) => a - b)).toEqual(moved)
  for (const { title, place } of items) {
    const turn = /^read_file src\/file-(\d)\.ts$/.exec(title)?.[1]
    const text = matching(new RegExp(`value${turn} = ${turn}`))
    expect(place && (await session.recall(place))).toMatchObject({ text })
  }
})

test('[APP60] text of any form is listed as it is', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((tail) => `x: result, y, artifact a1b2c3d4e5f6, newer than #${tail}`),
    fc.string().map((head) => `${head}: moved out of context (artifact a1b2c3d4e5f6`),
  )
  fc.assert(
    fc.property(text, text, (told, stub) => {
      expect(list([artifactLine(told)])[0]?.place).toEqual({ artifact: HASH })
      expect(list([], [stubbed(3, stub)])[0]?.detail).toEqual(
        stub.includes('artifact a1b2c3d4e5f6') ? expect.any(String) : '',
      )
    }),
  )
})
