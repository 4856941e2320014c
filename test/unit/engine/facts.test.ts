import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import type { FactEntry } from '../../../src/core/memory/facts/fact-entry.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { BY_HAND, openTab } from '../../support/build-engine.ts'
import { assistant, result, toolCall, turns, user } from '../../support/build-log.ts'

const OUTPUT = 'a line of output\n'.repeat(60)

async function openSession(): Promise<Session> {
  return openTab().backfold.session('s', { ...BY_HAND, budget: { tokens: 4_000 } })
}

async function fold(session: Session): Promise<string> {
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(await session.apply()).toMatchObject({ kind: 'applied' })
  return (await session.generation(session.state.get().generation)).text
}

function called(id: string, name: string, input: object, output: string): readonly Draft[] {
  return [
    { role: 'assistant', parts: [toolCall(id, name, JSON.stringify(input))] },
    result(id, output),
  ]
}

function ticket(id: string, status: string): readonly Draft[] {
  return called(id, 'get_ticket', { id: 'T-17' }, JSON.stringify({ id: 'T-17', status }))
}

async function slots(session: Session): Promise<readonly FactEntry[]> {
  return (await session.facts({ kind: 'slot' })).facts
}

test('[FACT5] facts have kind, value, subject and sources, before a fold and after, newest first', async () => {
  const session = await openSession()
  await session.append(
    user('Deploy src/server/main.ts to https://harbor.example/app on 2026-03-04 for $1,250.00.'),
    ...called('c', 'bash', { command: 'npm run deploy' }, 'Error: port 7781 is in use'),
  )
  const look = async (): Promise<readonly (readonly [string, string, number | undefined])[]> =>
    (await session.facts()).facts.map(({ kind, value, sources }) => [kind, value, sources.at(-1)])
  for (const isFolded of [false, true]) {
    if (isFolded) {
      await session.append(...turns(5, OUTPUT))
      await fold(session)
    }
    const found = await look()
    expect(found).toContainEqual(['path', 'src/server/main.ts', 1])
    expect(found).toContainEqual(['url', 'https://harbor.example/app', 1])
    expect(found).toContainEqual(['date', '2026-03-04', 1])
    expect(found).toContainEqual(['command', 'ran `npm run deploy`', 2])
    expect(found.some(([kind, value]) => kind === 'error' && value.includes('7781'))).toBe(true)
    const seqs = found.map(([, , seq]) => seq ?? 0)
    expect(seqs).toEqual(seqs.toSorted((a, b) => b - a))
  }
})

test('[FACT5] facts are chosen by kind and words, up to a limit', async () => {
  const session = await openSession()
  await session.append(user('See src/a.ts, src/b.ts and lib/c.ts.'), assistant('Read src/a.ts.'))
  const paths = await session.facts({ kind: 'path' })
  expect(paths.facts.map(({ value }) => value).toSorted()).toEqual([
    'lib/c.ts',
    'src/a.ts',
    'src/b.ts',
  ])
  expect(await session.facts({ kind: 'path', limit: 1 })).toMatchObject({ total: 3 })
  expect((await session.facts({ kind: 'path', limit: 1 })).facts).toHaveLength(1)
  const found = await session.facts({ kind: 'path', query: 'Read SRC/a' })
  expect(found.facts.map(({ value }) => value)).toEqual(['src/a.ts'])
  expect((await session.facts({ query: 'nothing of this' })).total).toBe(0)
})

test('[FACT6, FACT7] a value that was replaced is marked, and kept with its source over folds', async () => {
  const session = await openSession()
  await session.append(...ticket('a', 'waiting'), ...ticket('b', 'running'))
  const states = (facts: readonly FactEntry[]): readonly (readonly [string, string])[] =>
    facts.map(({ value, status }) => [value, status])
  expect(states(await slots(session))).toEqual([
    ['status: running', 'current'],
    ['status: waiting', 'superseded'],
  ])
  const [, old] = await slots(session)
  expect(old).toMatchObject({ sources: [2], subject: 'T-17', isEditable: false })
  await session.append(...turns(5, OUTPUT))
  const first = await fold(session)
  expect(first).toContain('status: running')
  expect(first).not.toContain('waiting')
  await session.append(...ticket('c', 'running'), ...ticket('d', 'finished'), ...turns(5, OUTPUT))
  const second = await fold(session)
  expect(second).not.toContain('status: running')
  const [now, ...before] = await slots(session)
  expect(now).toMatchObject({ value: 'status: finished', status: 'current' })
  expect(now?.former.map(({ text }) => text)).toEqual(['status: waiting', 'status: running'])
  expect(before.every(({ supersededBy }) => supersededBy === now?.id)).toBe(true)
})

test('[FACT6] what a replaced value names is not current either', async () => {
  const session = await openSession()
  const ports = ['https://old.example/x', 'https://new.example/x']
  const records = ports.flatMap((url, n) =>
    called(`c${n}`, 'get', { id: 'S-1' }, JSON.stringify({ id: 'S-1', address: url })),
  )
  await session.append(assistant(`It is at ${ports[0]}.`), ...records)
  const { facts } = await session.facts({ kind: 'url' })
  const stateOf = (url: string | undefined): string | undefined =>
    facts.find(({ value }) => value === url)?.status
  expect(stateOf(ports[0])).toBe('superseded')
  expect(stateOf(ports[1])).toBe('current')
})

test('[FACT8] a corrected fact is in the digest, marked, until something newer is found', async () => {
  const session = await openSession()
  await session.append(...ticket('a', 'waiting'), ...ticket('b', 'running'), ...turns(5, OUTPUT))
  await fold(session)
  const id = (await slots(session))[0]?.id ?? ''
  const change = { do: 'correct', fact: id, text: 'status: paused', now: true } as const
  const { outcome, facts } = await session.facts({ kind: 'slot', change })
  expect(outcome).toMatchObject({ kind: 'changed', id, takesEffect: 'now', generation: 2 })
  expect(facts[0]).toMatchObject({ id, value: 'status: paused', found: 'status: running' })
  expect((await session.generation(2)).text).toContain('status: paused (corrected by the person)')
  await session.append(...turns(5, OUTPUT))
  const kept = await fold(session)
  expect(kept).toContain('status: paused (corrected by the person)')
  expect(kept).not.toContain('status: running')
  await session.append(...ticket('c', 'running'), ...ticket('d', 'finished'), ...turns(5, OUTPUT))
  const newer = await fold(session)
  expect(newer).toContain('status: finished')
  expect(newer).not.toContain('status: paused')
})

test('[FACT8] a removed fact leaves the digest, and comes back when it is restored', async () => {
  const session = await openSession()
  const run = called('c', 'bash', { command: 'npm run deploy' }, 'done')
  await session.append(user('Go.'), ...run, ...turns(5, OUTPUT))
  await fold(session)
  const { facts } = await session.facts({ kind: 'command' })
  const fact = facts[0]?.id ?? ''
  const removed = await session.facts({
    kind: 'command',
    change: { do: 'remove', fact, now: true },
  })
  expect(removed.facts).toMatchObject([{ id: fact, status: 'removed' }])
  expect((await session.generation(2)).text).not.toContain('ran `npm run deploy`')
  await session.append(...turns(5, OUTPUT))
  expect(await fold(session)).not.toContain('ran `npm run deploy`')
  await session.facts({ change: { do: 'restore', fact } })
  await session.append(...turns(5, OUTPUT))
  expect(await fold(session)).toContain('ran `npm run deploy`')
  for (const wrong of [
    { do: 'restore', fact },
    { do: 'remove', fact: 'nobody' },
    { do: 'correct', fact, text: '' },
    { do: 'correct', fact, text: 'x'.repeat(600) },
    { do: 'burn', fact },
  ]) {
    const { outcome } = await session.facts({ change: wrong as never })
    expect(outcome?.kind, JSON.stringify(wrong)).toBe('refused')
  }
})
