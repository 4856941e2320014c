import { expect, test } from 'vitest'
import { createGateNotices, type GateNotice } from '../../../src/tabs/gate-notices.ts'
import { GateWishes } from '../../../src/tabs/gate-wishes.ts'

test('[GATE14] notices reach the other tabs; what is none is ignored', async () => {
  const [a, b] = [createGateNotices(), createGateNotices()]
  const stranger = new BroadcastChannel('backfold:gate:v1')
  const heard: GateNotice[] = []
  a.listen(() => expect.fail('a tab hears itself'))
  const arrived = new Promise<void>((resolve) => {
    b.listen((notice) => {
      heard.push(notice)
      resolve()
    })
  })
  const garbage = [
    null,
    7,
    'wanted',
    {},
    { kind: 'wanted' },
    { kind: 'stolen', provider: 'p', wish: '' },
  ]
  for (const data of [...garbage, { kind: 'freed', provider: 7, wish: '' }])
    stranger.postMessage(data)
  stranger.postMessage({ kind: 'freed', provider: 'p', wish: 7 })
  stranger.close()
  const notice: GateNotice = { kind: 'wanted', provider: 'p', wish: 'w' }
  a.post(notice)
  await arrived
  expect(heard).toEqual([notice])
  a.close()
  a.post(notice)
  b.close()
})

test('[GATE14] a wish counts until it is served, settled, or not said again', () => {
  const wishes = new GateWishes()
  const wanted: GateNotice = { kind: 'wanted', provider: 'p', wish: 'w' }
  expect(wishes.hear(wanted, 1_000)).toBe(true)
  expect(wishes.isOpen('p', 1_000)).toBe(true)
  expect(wishes.isOpen('q', 1_000)).toBe(false)
  expect(wishes.isOpen('p', 3_999)).toBe(true)
  expect(wishes.isOpen('p', 4_000)).toBe(false)
  expect(wishes.isOpen('p', 999)).toBe(false)
  expect(wishes.hear(wanted, 5_000)).toBe(true)
  wishes.serve('w')
  wishes.serve('unknown')
  expect(wishes.isOpen('p', 5_000)).toBe(false)
  expect(wishes.hear(wanted, 5_000)).toBe(false)
  expect(wishes.hear({ kind: 'settled', provider: 'p', wish: 'w' }, 5_000)).toBe(false)
  expect(wishes.hear({ ...wanted, kind: 'waits' }, 5_000)).toBe(false)
  expect(wishes.isOpen('p', 5_000)).toBe(false)
})

test('[GATE14] no more wishes are kept than a hundred', () => {
  const wishes = new GateWishes()
  for (let wish = 0; wish < 1_000; wish += 1) {
    wishes.hear({ kind: 'wanted', provider: `p${wish}`, wish: `w${wish}` }, 1_000)
  }
  expect(wishes.isOpen('p899', 1_000)).toBe(false)
  expect(wishes.isOpen('p900', 1_000)).toBe(true)
})
