import { expect, test } from 'vitest'
import type { SummariserOptions } from '../../../../src/protocol/summariser-options.ts'
import { createLadderStore } from '../../../../extension/settings/ladder-store.ts'
import { fakeStorage } from './fake-storage.ts'

const SECRET = 'sk-very-secret'
const remote: SummariserOptions = {
  kind: 'openai-compatible',
  baseUrl: 'https://api.test/v1',
  model: 'm',
  apiKey: SECRET,
  headers: { authorization: SECRET },
}

test('[GRANT10] a key is held in memory, or on disk encrypted; headers are not stored', async () => {
  const world = fakeStorage()
  const store = createLadderStore(world)
  const held = await store.add(remote)
  const kept = await store.add(remote, 'a passphrase')
  await store.add({ kind: 'browser-ai' })
  expect(await store.read()).toMatchObject([
    { id: held, key: 'held' },
    { id: kept, key: 'open' },
    { key: 'none', choice: { kind: 'browser-ai' } },
  ])
  expect([...world.disk.values()].join()).not.toContain(SECRET)
  expect([...world.disk.values()].join()).toContain('AES-256-GCM')
  expect(await store.resolve()).toEqual([
    { kind: 'openai-compatible', baseUrl: 'https://api.test/v1', model: 'm', apiKey: SECRET },
    { kind: 'openai-compatible', baseUrl: 'https://api.test/v1', model: 'm', apiKey: SECRET },
    { kind: 'browser-ai' },
  ])
  await store.remove(held ?? '')
  expect(await store.read()).toHaveLength(2)
  expect([...world.held.values()].join()).not.toContain(`"${held}"`)
})

test('[GRANT11] a step whose key is locked is left out until it is unlocked', async () => {
  const world = fakeStorage()
  const id = (await createLadderStore(world).add(remote, 'a passphrase')) ?? ''
  // The browser was closed in between.
  await world.session.set({ 'ladder-keys': {} })
  const store = createLadderStore(world)
  let changes = 0
  const stop = store.onChange(() => (changes += 1))
  expect(await store.read()).toMatchObject([{ id, key: 'sealed' }])
  expect(await store.resolve()).toEqual([])
  expect(await store.unlock(id, 'another one')).toBe('wrong-passphrase')
  expect(await store.unlock('unknown', 'a passphrase')).toBe('unreadable')
  expect(changes).toBe(0)
  expect(await store.unlock(id, 'a passphrase')).toBe('opened')
  expect(changes).toBe(1)
  stop()
  expect(await store.resolve()).toMatchObject([{ apiKey: SECRET }])
})

test('[GRANT10, GRANT11] steps keep the order that they are given, and what makes no sense is left out', async () => {
  const world = fakeStorage()
  const store = createLadderStore(world)
  const [a, b] = [
    (await store.add({ kind: 'webllm' })) ?? '',
    (await store.add({ kind: 'browser-ai' })) ?? '',
  ]
  expect(await store.add({ kind: 'built-in' })).toBe(null)
  await store.move(b, -1)
  await store.move(b, -1)
  expect((await store.read()).map(({ id }) => id)).toEqual([b, a])
  await world.area.set({ ladder: [1, null, { id: 'x' }, { id: 'y', choice: { kind: 'webllm' } }] })
  expect(await store.read()).toEqual([{ id: 'y', choice: { kind: 'webllm' }, key: 'none' }])
})
