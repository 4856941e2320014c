import { expect, test } from 'vitest'
import { createHeavySlots, type HeavySlots } from '../../../src/tabs/heavy-slots.ts'
import { shareSlot } from '../../../src/worker/share-slot.ts'
import { settle } from '../../support/build-engine.ts'
import { createLockManager } from '../../support/build-lock-manager.ts'
import { createGate, type Gate } from '../engine/gated-digester.ts'

/** Begins work behind a gate. */
function begin(
  slots: HeavySlots,
  name: string,
  begun: string[],
): Gate & { ended: Promise<string> } {
  const gate = createGate()
  const ended = slots(async () => {
    begun.push(name)
    await gate.pass()
    return name
  })
  return { ...gate, ended }
}

test('[EXT1] calls of one thread run side by side in one place, those of others wait', async () => {
  const locks = createLockManager()
  const [own, other] = [
    shareSlot(createHeavySlots(locks, 2)),
    shareSlot(createHeavySlots(locks, 2)),
  ]
  const begun: string[] = []
  const calls = ['a', 'b', 'c'].map((name) => begin(own, name, begun))
  await settle()
  const waiting = begin(other, 'other', begun)
  await settle()
  expect(begun).toEqual(['a', 'b', 'c'])
  calls[0]?.open()
  calls[1]?.open()
  expect(await calls[0]?.ended).toBe('a')
  await settle()
  expect(begun).toHaveLength(3)
  calls[2]?.open()
  await settle()
  expect(begun).toEqual(['a', 'b', 'c', 'other'])
  waiting.open()
  expect(await waiting.ended).toBe('other')
  // Given back, the place can be taken again.
  const again = begin(own, 'again', begun)
  await settle()
  expect(begun.at(-1)).toBe('again')
  again.open()
  expect(await again.ended).toBe('again')
})

test('[EXT1] work that fails gives the place back, and so does a place that is refused', async () => {
  const locks = createLockManager()
  const slots = shareSlot(createHeavySlots(locks, 2))
  await expect(slots(() => Promise.reject(new Error('it broke')))).rejects.toThrow('it broke')
  expect(await slots(async () => 'well')).toBe('well')
  let refuses = true
  const moody = shareSlot((work) => (refuses ? Promise.reject(new Error('no place')) : work()))
  await expect(moody(async () => 'never')).rejects.toThrow('no place')
  refuses = false
  expect(await moody(async () => 'well')).toBe('well')
})
