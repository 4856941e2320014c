import { expect, test } from 'vitest'
import { badgeOf } from '../../../../extension/background/badge.ts'
import { createOffscreenKeeper } from '../../../../extension/background/ensure-offscreen.ts'

test('[HOST1] who asks meanwhile waits for the same document, and another one is no error', async () => {
  let made = 0
  const failures: string[] = []
  const ensure = createOffscreenKeeper({
    async createDocument() {
      made += 1
      await Promise.resolve()
      const failure = failures.shift()
      if (failure) throw new Error(failure)
    },
  })
  await Promise.all([ensure(), ensure(), ensure()])
  expect(made).toBe(1)
  failures.push('Only a single offscreen document may be created.', 'no such page')
  await ensure()
  await expect(ensure()).rejects.toThrow('no such page')
  await ensure()
  expect(made).toBe(4)
})

test('[HOST2] a badge is a whole percentage of at most 999, or nothing', () => {
  expect(badgeOf(0.834, 'warn').text).toBe('83%')
  expect(badgeOf(0, 'ok').text).toBe('0%')
  expect(badgeOf(1e9, 'over').text).toBe('999%')
  for (const share of [null, Number.NaN, -1, Infinity]) expect(badgeOf(share, 'ok').text).toBe('')
  expect(badgeOf(1, 'constructor').colour).toMatch(/^#/)
  expect(badgeOf(1, 'ok').colour).not.toBe(badgeOf(1, 'over').colour)
})
