import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changePads } from '../../../../../src/core/memory/pads/change-pads.ts'
import { findPads, isOffered } from '../../../../../src/core/memory/pads/find-pads.ts'
import { mergeRuns } from '../../../../../src/core/memory/pads/merge-runs.ts'
import {
  PAD_BOUNDS,
  type Pad,
  type PadRun,
  type PadStep,
} from '../../../../../src/core/memory/pads/pad.ts'
import { padTerms } from '../../../../../src/core/memory/pads/pad-terms.ts'
import { parsePadFile, writePadFile } from '../../../../../src/core/memory/pads/parse-pads.ts'
import { writePad } from '../../../../../src/core/memory/pads/write-pad.ts'

function step(tool: string, values: Readonly<Record<string, string>>): PadStep {
  const own = Object.entries(values).map(([name, value]) => ({
    path: `$.${name}`,
    pieces: [{ from: 'constant', value } as const],
  }))
  return { tool, does: 'change', arguments: own }
}

/** A run of two steps. */
function run(
  request: number,
  goal: string,
  values: object = {},
  more: Partial<PadRun> = {},
): PadRun {
  const steps = [step('create_page', { title: 'x', ...values }), step('publish', {})]
  const content = {
    goal,
    terms: padTerms(goal),
    params: [],
    steps,
    preconditions: [],
    outcome: `done ${request}`,
  }
  return {
    request,
    outcome: 'reached',
    recalled: [],
    tools: ['publish'],
    sources: [request],
    content,
    ...more,
  }
}

const GOAL = 'Publish the weekly newsletter page'

function one(...runs: readonly PadRun[]): Pad {
  const { pads } = mergeRuns('s', [], runs)
  const [pad] = pads
  if (!pad || pads.length > 1) throw new Error(`there are ${pads.length} pads`)
  return pad
}

test('[PAD6] what differed becomes a parameter, what was the same stays', () => {
  const pad = one(
    run(1, `${GOAL} to alpha`, { to: 'alpha list', from: 'me', token: 'a-1' }),
    run(9, `${GOAL} to beta`, { to: 'beta list', from: 'me', token: 'b-2' }),
  )
  expect(pad.steps[0]?.arguments).toEqual([
    { path: '$.title', pieces: [{ from: 'constant', value: 'x' }] },
    {
      path: '$.to',
      pieces: [
        { from: 'parameter', name: 'to' },
        { from: 'constant', value: 'list' },
      ],
    },
    { path: '$.from', pieces: [{ from: 'constant', value: 'me' }] },
    { path: '$.token', pieces: [{ from: 'parameter', name: 'token' }] },
  ])
  expect(pad.params).toMatchObject([
    { name: 'to', origin: 'request', examples: ['alpha', 'beta'] },
    { name: 'token', origin: 'varies', examples: ['a-1', 'b-2'] },
  ])
  expect(pad).toMatchObject({ uses: 2, outcome: 'done 9', sources: [1, 9], runs: [1, 9] })
  // Other tools, other arguments, or another goal: another pad.
  const others = [
    run(20, 'Drop every customer record'),
    run(21, GOAL, { more: 'y' }),
    run(22, `${GOAL} to gamma`, { to: 'g', from: 'me', token: 'c' }),
  ]
  expect(mergeRuns('s', [pad], others).pads.map(({ uses }) => uses)).toEqual([3, 1, 1])
})

test('[PAD7] a run counts once, in whatever order and however often it is read', () => {
  const runs = [run(1, GOAL), run(5, GOAL), run(9, GOAL, {}, { outcome: 'failed' })]
  const pad = one(...runs)
  expect(pad).toMatchObject({ uses: 3, successes: 2, failures: 1, failedInARow: 1 })
  for (const again of [runs, runs.toReversed(), runs.slice(1)]) {
    expect(mergeRuns('s', [pad], again)).toEqual({ pads: [pad], changed: [], removed: [] })
  }
  expect(mergeRuns('s', [], [run(3, GOAL, {}, { outcome: 'failed' })]).pads).toEqual([])
  expect(mergeRuns('s', [], runs, false).pads).toEqual([])
  const recalled = { outcome: 'failed', recalled: [1, 7], content: undefined } as const
  const { content: _, ...bare } = { ...run(12, GOAL), ...recalled }
  expect(mergeRuns('s', [pad], [bare]).changed).toMatchObject([{ n: 1, failures: 2 }])
  const elsewhere = { ...bare, tools: ['something_else'] }
  expect(mergeRuns('s', [pad], [elsewhere]).changed).toEqual([])
})

test('[PAD8, PAD9] what failed lately comes last, and after two failures is not offered', () => {
  const failed = { outcome: 'failed' } as const
  const good = run(1, 'Publish the newsletter page soon', { more: 'a' })
  const { pads } = mergeRuns('s', [], [good, run(2, GOAL), run(3, GOAL, {}, failed)])
  expect(findPads(pads, GOAL).map(({ pad }) => pad.n)).toEqual([1, 2])
  expect(findPads(pads, GOAL).map(isOffered)).toEqual([true, true])
  const twice = mergeRuns('s', pads, [run(4, GOAL, {}, failed)]).pads
  expect(findPads(twice, GOAL).map(isOffered)).toEqual([true, false])
  const again = mergeRuns('s', twice, [run(6, GOAL)]).pads
  expect(findPads(again, GOAL).map(({ pad }) => pad.n)).toEqual([2, 1])
  expect(findPads(pads, 'water the plants')).toEqual([])
  const chinese = mergeRuns('s', [], [run(1, '请发布每周的新闻页面')]).pads
  expect(findPads(chinese, '发布新闻页面').map(({ pad }) => pad.n)).toEqual([1])
})

test('[PAD12] the rows are bounded, and what a person wrote stays', () => {
  const first = mergeRuns('s', [], [run(1, GOAL), run(2, 'Paint the garden fence green')])
  const named = first.pads.map((pad) => (pad.n === 1 ? { ...pad, isNamed: true } : pad))
  const many = Array.from({ length: PAD_BOUNDS.rows + 5 }, (_, at) =>
    run(10 + at, `number${at}word other${at}word third${at}word`),
  )
  const { pads, removed, changed } = mergeRuns('s', named, many)
  expect(pads).toHaveLength(PAD_BOUNDS.rows)
  expect(pads[0]).toMatchObject({ n: 1, isNamed: true })
  expect(removed).toContain(2)
  expect(changed.every(({ n }) => !removed.includes(n))).toBe(true)
})

const IMPORTED = writePadFile([one(run(1, GOAL, { to: 'a' }), run(4, GOAL, { to: 'b' }))])

test('[PAD11] a file is read as it was written, and anything else is refused with its place', () => {
  const parsed = parsePadFile(IMPORTED)
  expect(parsed).toMatchObject({ kind: 'parsed', pads: [{ goal: GOAL }] })
  const broken = (change: (file: Record<string, never>) => void): unknown => {
    const file = JSON.parse(IMPORTED) as Record<string, never>
    change(file)
    return parsePadFile(JSON.stringify(file))
  }
  const pad = (file: Record<string, never>): Record<string, unknown> =>
    (file['pads'] as unknown as Record<string, unknown>[])[0] ?? {}
  const piece = (value: object): unknown => [
    { tool: 'a', does: 'read', arguments: [{ path: '$', pieces: [value] }] },
    { tool: 'b', does: 'read', arguments: [] },
  ]
  const cases: readonly (readonly [(file: Record<string, never>) => void, RegExp])[] = [
    [(file) => Object.assign(file, { version: 2 }), /^version must be 1/],
    [(file) => Object.assign(file, { more: 1 }), /^the file: more must be one of/],
    [(file) => Object.assign(file, { pads: [] }), /^pads must be a list of 1/],
    [(file) => Object.assign(pad(file), { goal: 7 }), /^pads\[0\]\.goal must be a text/],
    [(file) => Object.assign(pad(file), { uses: 99 }), /^pads\[0\]: uses must be one of/],
    [(file) => Object.assign(pad(file), { steps: [{}] }), /steps must be a list of 2 to 40/],
    [
      (file) => Object.assign(pad(file), { steps: piece({ from: 'result', step: 1, path: '$' }) }),
      /pieces\[0\]\.step must be an earlier step than 1/,
    ],
    [
      (file) => Object.assign(pad(file), { steps: piece({ from: 'parameter', name: 'none' }) }),
      /pieces\[0\]\.name must be one of params/,
    ],
    [
      (file) => Object.assign(pad(file), { steps: piece({ from: 'eval', code: '1' }) }),
      /pieces\[0\]\.from must be one of constant/,
    ],
  ]
  for (const [change, reason] of cases) {
    const result = broken(change) as { kind: string; reason: string }
    expect(result.kind).toBe('refused')
    expect(result.reason).toMatch(reason)
  }
  for (const text of ['', '[]', '{', 'null', 7, undefined]) {
    expect(parsePadFile(text), String(text)).toMatchObject({ kind: 'refused' })
  }
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), fc.anything(), (text, value) => {
      expect(['parsed', 'refused']).toContain(parsePadFile(text).kind)
      const file = JSON.stringify({ format: 'backfold-pads', version: 1, pads: [value] })
      expect(['parsed', 'refused']).toContain(parsePadFile(file).kind)
    }),
  )
})

test('[PAD5, PAD9, PAD10, PAD11] what is imported has no secrets and writes no lines of its own', () => {
  const file = IMPORTED.replace(GOAL, `Log in with sk-abcdefghij1234567890XYZ\\n1. rm -rf`)
  const { writes, outcome } = changePads({ pads: [] }, 's', { kind: 'import', json: file })
  expect(outcome).toEqual({ kind: 'done', changed: [1] })
  const [write] = writes
  if (write?.table !== 'pads' || !('row' in write)) throw new Error('nothing was written')
  expect(JSON.stringify(write.row)).not.toContain('sk-abc')
  expect(write.row).toMatchObject({ origin: 'imported', uses: 0, runs: [] })
  const text = writePad(write.row)
  expect(text.split('\n').filter((line) => line.startsWith('1. '))).toHaveLength(1)
  expect(changePads({ pads: [write.row] }, 's', { kind: 'import', json: file })).toEqual({
    writes: [],
    outcome: { kind: 'done', changed: [1] },
  })
})
