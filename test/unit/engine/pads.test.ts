import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import type { Candidate } from '../../../src/core/compaction/candidate.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { QUOTED } from '../../../src/core/memory/tool-result.ts'
import type { PadEntry } from '../../../src/protocol/pads.ts'
import { BY_HAND, createOrigin, openTab, type Tab } from '../../support/build-engine.ts'
import { assistant, result, toolCall, turns, user } from '../../support/build-log.ts'

const FILLER = 'a line of output that says nothing\n'.repeat(40)

let ids = 0

/** A call with its result. */
function exchange(name: string, input: object, output: string, isError?: boolean): Draft[] {
  const callId = `made-${(ids += 1)}`
  return [
    { role: 'assistant', parts: [toolCall(callId, name, JSON.stringify(input))] },
    result(callId, output, isError),
  ]
}

/** A goal reached: a file is read, the line with its timeout edited, and the tests are run. */
function raiseTimeout(file: string, from: number, to: number): Draft[] {
  const line = `const timeoutMs_${file} = ${from}`
  return [
    user(`Raise the timeout in src/${file}.ts to ${to} seconds.`),
    ...exchange('read_file', { path: `src/${file}.ts` }, `// settings\n${line}\n`),
    ...exchange('edit_file', { path: `src/${file}.ts`, old: line, seconds: to }, 'edited'),
    ...exchange('run_command', { command: `npm test -- src/${file}.ts` }, 'all tests passed'),
    assistant(`The timeout of ${file} is ${to} seconds now, and its tests pass.`),
  ]
}

async function openSession(): Promise<{ tab: Tab; session: Session }> {
  const tab = openTab({ origin: createOrigin() })
  const session = await tab.backfold.session('s', { ...BY_HAND, probation: { turns: 0 } })
  return { tab, session }
}

async function fold(session: Session): Promise<void> {
  await session.append(...turns(4, FILLER).map(fresh))
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
}

/** Calls of their own in every turn. */
function fresh(draft: Draft): Draft {
  const own = (callId: string): string => `${callId}-${ids}`
  if (draft.role === 'user') ids += 1
  return {
    ...draft,
    parts: draft.parts.map((part) =>
      part.type === 'tool-call' || part.type === 'tool-result'
        ? { ...part, callId: own(part.callId) }
        : part,
    ),
  }
}

/** A session with the goal reached twice, folded. */
async function learned(): Promise<{ tab: Tab; session: Session; pad: PadEntry }> {
  const held = await openSession()
  await held.session.append(...raiseTimeout('alpha', 10, 30))
  await held.session.append(...raiseTimeout('beta', 12, 45))
  await fold(held.session)
  const { pads } = await held.session.pads()
  const [pad] = pads
  if (!pad) throw new Error('there is no pad')
  expect(pads).toHaveLength(1)
  return { ...held, pad }
}

const GOAL = 'Raise the timeout in src/alpha.ts to 30 seconds.'

test('[PAD1, PAD4, PAD6] a goal reached twice with other parameters is one pad with two uses', async () => {
  const { pad } = await learned()
  expect(pad).toMatchObject({
    n: 1,
    goal: 'Raise the timeout in src/alpha.ts to 30 seconds.',
    uses: 2,
    successes: 2,
    failures: 0,
    origin: 'extracted',
    outcome: 'The timeout of beta is 45 seconds now, and its tests pass.',
    params: [
      { name: 'path', origin: 'request', examples: ['src/alpha.ts', 'src/beta.ts'] },
      { name: 'seconds', origin: 'request', examples: ['30', '45'] },
      { name: 'old', origin: 'varies', examples: ['10', '12'] },
    ],
  })
  expect(pad.sources).toEqual(Array.from({ length: 16 }, (_, index) => index + 1))
  expect(pad.steps.map(({ tool, does }) => [tool, does])).toEqual([
    ['read_file', 'read'],
    ['edit_file', 'change'],
    ['run_command', 'command'],
  ])
  const [, edit, run] = pad.steps
  expect(edit?.arguments).toMatchObject([
    { path: '$.path', pieces: [{ from: 'parameter', name: 'path' }] },
    {
      path: '$.old',
      pieces: [
        { from: 'constant', value: 'const ' },
        { from: 'result', step: 1, path: '' },
        { from: 'constant', value: ' = ' },
        { from: 'parameter', name: 'old' },
      ],
    },
    { path: '$.seconds', pieces: [{ from: 'parameter', name: 'seconds' }] },
  ])
  expect(run?.arguments).toEqual([
    {
      path: '$.command',
      pieces: [
        { from: 'constant', value: 'npm test -- ' },
        { from: 'parameter', name: 'path' },
      ],
    },
  ])
})

test('[PAD8, PAD9] a similar goal finds it, by the tool and beside the hits of a search', async () => {
  const { session, pad } = await learned()
  const found = await session.pads({ kind: 'find', goal: 'raise the timeout of src/gamma.ts' })
  expect(found.pads.map(({ n }) => n)).toEqual([pad.n])
  expect((await session.pads({ kind: 'find', goal: 'book a flight to Rome' })).pads).toEqual([])

  for (const input of [{ goal: 'raise a timeout to 99 seconds' }, { pad: 1 }]) {
    const run = await session.runTool('recall_pad', input)
    expect(run).toMatchObject({ isError: false, name: 'recall_pad' })
    expect(run.text.startsWith(QUOTED)).toBe(true)
    expect(run.text).toContain('1. read_file: $.path = {path}')
    expect(run.text).toContain('worked 2 of 2 times')
  }
  const search = await session.runTool('recall_search', { query: 'raise timeout seconds' })
  expect(search.text).toMatch(/Pad 1 “Raise.*read_file → edit_file → run_command.*recall_pad/)
  expect((await session.runTool('recall_search', { query: 'nothing' })).text).not.toContain('Pad')
  for (const input of [{}, { goal: 'x', pad: 1 }, { pad: 77 }, { pad: 'x' }]) {
    expect((await session.runTool('recall_pad', input)).isError).toBe(true)
  }
})

/** The model recalls the pad, follows it and fails. */
async function failOnce(session: Session, file: string): Promise<void> {
  const { text } = await session.runTool('recall_pad', { pad: 1 })
  await session.append(
    user(`Raise the timeout in src/${file}.ts to 60 seconds.`),
    ...exchange('recall_pad', { pad: 1 }, text),
    ...exchange('read_file', { path: `src/${file}.ts` }, 'const timeoutMs = 5'),
    ...exchange('run_command', { command: `npm test` }, 'exit code: 1', true),
    assistant('The tests fail.'),
    user('What now?'),
  )
}

test('[PAD7, PAD8] a pad that fails later is demoted at once, counted once, and offered no more', async () => {
  const { session } = await learned()
  await failOnce(session, 'gamma')
  expect((await session.pads()).pads).toMatchObject([
    { uses: 3, successes: 2, failures: 1, isDemoted: true },
  ])
  expect((await session.runTool('recall_pad', { pad: 1 })).text).toContain('failed when last used')
  const query = { query: 'raise timeout seconds' }
  expect((await session.runTool('recall_search', query)).text).toContain('Pad 1')
  await failOnce(session, 'delta')
  expect((await session.runTool('recall_search', query)).text).not.toContain('Pad 1')
  // Still there for who asks for it, and not counted anew when it is folded.
  expect((await session.runTool('recall_pad', { goal: 'raise timeout' })).text).toContain('Pad 1')
  expect((await session.apply()).kind).toBe('applied')
  await fold(session)
  expect((await session.pads()).pads).toMatchObject([{ uses: 4, failures: 2, failedInARow: 2 }])
  await session.append(...raiseTimeout('epsilon', 1, 20), user('Fine, thank you.'))
  expect((await session.pads()).pads).toMatchObject([{ uses: 5, failures: 2, isDemoted: false }])
})

test('[PAD7] a failed job stores no pad, and neither does a candidate that a check refuses', async () => {
  const broken = (): Candidate => {
    throw new Error('broken')
  }
  const refused = (candidate: Candidate): Candidate => ({
    ...candidate,
    checks: [{ name: 'gain', outcome: 'failed', detail: 'too large' }],
  })
  for (const [spoil, kind] of [
    [broken, 'failed'],
    [refused, 'rejected'],
  ] as const) {
    const tab = openTab({
      digester: (real) => ({
        ...real,
        compose: async (request, signal) => spoil(await real.compose(request, signal)),
      }),
    })
    const session = await tab.backfold.session('s', BY_HAND)
    await session.append(...raiseTimeout('alpha', 10, 30), ...turns(4, FILLER).map(fresh))
    expect(await session.compact()).toMatchObject({ kind })
    expect((await tab.store.read({ session: 's', pads: 'all' })).pads).toEqual([])
  }
})

test('[PAD10] a person lists, renames, edits and deletes pads, and what is deleted stays so', async () => {
  const { session, tab } = await learned()
  const renamed = await session.pads({ kind: 'rename', pad: 1, name: ' Slow  down\n' })
  expect(renamed.pads).toMatchObject([{ n: 1, name: 'Slow down' }])
  expect((await session.pads({ kind: 'find', goal: 'slow it down' })).pads).toHaveLength(1)
  const [pad] = renamed.pads
  const steps = pad?.steps.slice(0, 2) ?? []
  const edited = await session.pads({ kind: 'edit', pad: 1, goal: 'Raise a timeout', steps })
  expect(edited.pads).toMatchObject([{ goal: 'Raise a timeout', steps, isEdited: true }])
  for (const [command, code] of [
    [{ kind: 'rename', pad: 1, name: '' }, 'INVALID_INPUT'],
    [{ kind: 'rename', pad: 9, name: 'x' }, 'SESSION_NOT_FOUND'],
    [{ kind: 'edit', pad: 1, steps: [] }, 'INVALID_INPUT'],
    [{ kind: 'export', pads: [9] }, 'SESSION_NOT_FOUND'],
    [{ kind: 'import', json: '{}' }, 'INVALID_INPUT'],
    [{ kind: 'whatever' }, 'INVALID_INPUT'],
    [null, 'INVALID_INPUT'],
  ] as const) {
    const refused = session.pads(command as Parameters<Session['pads']>[0])
    await expect(refused, JSON.stringify(command)).rejects.toMatchObject({ code })
  }
  expect((await session.pads({ kind: 'delete', pad: 1 })).pads).toEqual([])
  expect((await session.pads({ kind: 'delete', pad: 1 })).pads).toEqual([])
  expect((await session.apply()).kind).toBe('applied')
  expect(await session.rollback(0)).toMatchObject({ kind: 'rolled-back' })
  await session.append(...turns(4, FILLER).map(fresh))
  await session.compact()
  expect((await session.pads()).pads).toEqual([])
  const { pads } = await tab.store.read({ session: 's', pads: 'all' })
  expect(pads).toMatchObject([{ n: 1, isDeleted: true, goal: '', steps: [] }])
})

test('[PAD10, PAD11] pads go from one session to another as JSON, shown as imported', async () => {
  const { session, tab } = await learned()
  const { json = '' } = await session.pads({ kind: 'export' })
  const other = await tab.backfold.session('other', BY_HAND)
  const imported = await other.pads({ kind: 'import', json })
  expect(imported.pads).toMatchObject([
    { n: 1, origin: 'imported', uses: 0, sources: [], goal: GOAL },
  ])
  const again = await other.pads({ kind: 'import', json })
  expect(again.pads.map(({ n }) => n)).toEqual([1])
  expect((await other.runTool('recall_pad', { pad: 1 })).text).toContain('imported, worked 0 of 0')
  // Never offered by itself before it worked here.
  const found = await other.runTool('recall_search', { query: 'raise timeout seconds' })
  expect(found.text).not.toContain('Pad 1')
  expect((await other.pads({ kind: 'export', pads: [1] })).json).toBe(json)
})
