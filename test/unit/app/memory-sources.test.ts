import { expect, test } from 'vitest'
import type { MemorySource } from '../../../src/app/run/memory-source.ts'
import { MEMORY_SOURCES, readLineSources } from '../../../src/app/run/memory-sources.ts'
import type { ItemAction, MemoryItem } from '../../../src/app/view/memory-item.ts'
import type { Session } from '../../../src/client/session.ts'
import { BY_HAND, openTab } from '../../support/build-engine.ts'
import { assistant, turns, user } from '../../support/build-log.ts'

function source(key: string): MemorySource {
  const found = MEMORY_SOURCES.find((one) => one.key === key)
  if (found === undefined) throw new Error(`there is no list ${key}`)
  return found
}

async function openSession(): Promise<Session> {
  const { backfold } = openTab()
  return backfold.session('s', { ...BY_HAND, budget: { tokens: 4_000 } })
}

async function fold(session: Session): Promise<void> {
  await session.compact()
  await session.apply()
}

function readAll(session: Session): Promise<readonly (readonly MemoryItem[])[]> {
  return Promise.all(MEMORY_SOURCES.map((one) => one.read(session, [])))
}

test('[APP68] every list of a session without a fold is empty', async () => {
  const session = await openSession()
  expect(await readAll(session)).toEqual(MEMORY_SOURCES.map(() => []))
})

test('[APP68] a rule and the sources of its line are read once there is a digest', async () => {
  const session = await openSession()
  await session.append(
    user('Never delete an entry of the ledger.'),
    ...turns(6, 'a line of output\n'.repeat(60)),
  )
  await fold(session)
  const [rule] = await source('rules').read(session, [])
  expect(rule?.detail).toContain('Never delete')
  expect(rule?.sources).toEqual([1])
  const messages = await readLineSources(session, rule?.lines ?? [])
  expect(messages.map(({ seq }) => seq)).toEqual([1])
})

test('[APP68] a rule is edited, removed and restored at once, each with a sentence', async () => {
  const session = await openSession()
  await session.append(
    user('Never delete an entry of the ledger.'),
    ...turns(6, 'a line of output\n'.repeat(60)),
  )
  await fold(session)
  const rules = source('rules')
  const act = async (action: ItemAction, text = ''): Promise<MemoryItem | undefined> => {
    const [item] = await rules.read(session, [])
    if (!item) throw new Error('there is no rule')
    expect(await rules.act(session, item, action, text)).toMatch(/\.$/)
    return (await rules.read(session, []))[0]
  }
  const edited = await act('edit', 'Never delete anything.')
  expect(edited).toMatchObject({ detail: 'Never delete anything.', lines: [expect.anything()] })
  expect((await act('revert'))?.detail).toContain('ledger')
  expect(await act('pin')).toMatchObject({ status: { text: 'pinned' } })
  expect(await act('remove')).toMatchObject({ group: 'Removed', actions: ['restore'] })
  expect(await act('restore')).toMatchObject({ group: 'In force', status: null })
  // A pin changes nothing that the context shows.
  expect(session.state.get().generation).toBe(5)
})

test('[APP69] a proposal becomes a rule when it is accepted, and a typed rule is one at once', async () => {
  const session = await openSession()
  await session.append(...turns(2))
  for (const text of ['Always run the linter.', 'Never sleep.']) {
    await session.runTool('memory_propose_rule', { text }, { memory: true })
  }
  const rules = source('rules')
  const [no, yes] = await rules.read(session, [])
  if (!yes || !no) throw new Error('the proposals are not listed')
  await rules.act(session, yes, 'accept', '')
  await rules.act(session, no, 'refuse', '')
  expect(await rules.act(session, no, 'refuse', '')).toMatch(/^Not changed: /)
  await rules.add?.run(session, 'Use tabs.')
  const details = (await rules.read(session, [])).map(({ detail }) => detail)
  expect(details.toSorted()).toEqual(['Always run the linter.', 'Use tabs.'])
})

test('[APP68] a fact is corrected, taken back, removed and restored', async () => {
  const session = await openSession()
  await session.append(
    assistant('We decided to keep SQLite as the only database of the ledger.'),
    ...turns(6, 'a line of output\n'.repeat(60)),
  )
  await fold(session)
  const facts = source('facts')
  const read = async (): Promise<MemoryItem> => {
    const found = (await facts.read(session, [])).find(({ group }) => group === 'Decisions')
    if (!found) throw new Error('there is no decision')
    return found
  }
  const { detail } = await read()
  await facts.act(session, await read(), 'edit', 'We keep Postgres.')
  expect(await read()).toMatchObject({ detail: 'We keep Postgres.' })
  expect((await read()).notes.join('')).toContain('SQLite')
  await facts.act(session, await read(), 'revert', '')
  expect(await read()).toMatchObject({ detail, notes: [] })
  await facts.act(session, await read(), 'remove', '')
  expect(await read()).toMatchObject({ status: { text: 'removed' }, actions: ['restore'] })
  await facts.act(session, await read(), 'restore', '')
  expect(await read()).toMatchObject({ detail, status: null })
})

test('[APP70] pads are written to a file and read from one; one is renamed, edited and deleted', async () => {
  const session = await openSession()
  const pads = source('pads')
  const steps = ['list', 'open'].map((tool) => ({ tool, does: 'read', arguments: [] }))
  const rest = { params: [], preconditions: [], outcome: 'Found.' }
  const pad = { name: 'Find it', goal: 'Find an order', steps, ...rest }
  const json = JSON.stringify({ format: 'backfold-pads', version: 1, pads: [pad] })
  expect(await pads.file?.read(session, json)).toBe('One pad is here now.')
  await expect(pads.file?.read(session, '{}')).rejects.toThrow('format')
  const act = async (action: ItemAction, text: string): Promise<MemoryItem | undefined> => {
    const [item] = await pads.read(session, [])
    if (!item) throw new Error('there is no pad')
    expect(await pads.act(session, item, action, text)).toMatch(/\.$/)
    return (await pads.read(session, []))[0]
  }
  expect(await act('rename', 'Look up')).toMatchObject({ title: 'Look up' })
  expect((await act('edit', 'Look up an order'))?.detail).toContain('Look up an order\n1. list')
  const written = await pads.file?.write(session)
  expect(await act('delete', '')).toBeUndefined()
  expect(await pads.file?.read(session, written ?? '')).toBe('One pad is here now.')
  expect((await pads.read(session, []))[0]).toMatchObject({ title: 'Look up' })
})

test('[APP68] a note is read, undone with a sentence, and refused a second time', async () => {
  const session = await openSession()
  await session.append(...turns(2))
  await session.runTool('memory_note', { text: 'The port is 7781.' }, { memory: true })
  const notes = source('notes')
  const [note] = await notes.read(session, [])
  if (note === undefined) throw new Error('the note is not listed')
  expect(note).toMatchObject({ detail: 'The port is 7781.', actions: ['undo'] })
  expect(await notes.act(session, note, 'undo', '')).toContain('taken back')
  const [after] = await notes.read(session, [])
  expect(after).toMatchObject({ actions: [], status: { text: 'undone' } })
  expect(await notes.act(session, note, 'undo', '')).toMatch(/^Not undone: .*undone already/)
})
