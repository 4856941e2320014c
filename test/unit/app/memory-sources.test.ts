import { expect, test } from 'vitest'
import type { MemorySource } from '../../../src/app/run/memory-sources.ts'
import { MEMORY_SOURCES, readLineSources } from '../../../src/app/run/memory-sources.ts'
import type { MemoryItem } from '../../../src/app/view/memory-item.ts'
import type { Session } from '../../../src/client/session.ts'
import { BY_HAND, openTab } from '../../support/build-engine.ts'
import { turns, user } from '../../support/build-log.ts'

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
