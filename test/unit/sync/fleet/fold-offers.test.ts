import { expect, test } from 'vitest'
import { newSession } from '../../../../src/core/session/new-session.ts'
import { resolvePolicy } from '../../../../src/core/session/policy.ts'
import type { SessionRow } from '../../../../src/core/session/session-row.ts'
import { NEVER_SYNCED } from '../../../../src/core/sync/sync-state.ts'
import { createFoldOffers } from '../../../../src/sync/fleet/fold-offers.ts'
import type { FoldOffered } from '../../../../src/sync/fleet/offer-fold.ts'
import { BY_HAND, createOrigin, openTab } from '../../../support/build-engine.ts'
import { turns } from '../../../support/build-log.ts'

/** A session whose context has so many tokens of 1,000. */
function rowOf(tokens: number, head: string = ''): SessionRow {
  const row = newSession('s', resolvePolicy({ budget: { tokens: 1_000 } }), 0)
  const context = { ...row.tokens.context, user: tokens }
  const sync = { ...NEVER_SYNCED, confirmed: 9, head: { ...NEVER_SYNCED.head, id: head } }
  return { ...row, tokens: { ...row.tokens, context }, sync }
}

function open(outcome: FoldOffered = { kind: 'queued' }) {
  const asked: string[] = []
  const refused: string[] = []
  const world = { now: 0, isThere: true, outcome }
  const offers = createFoldOffers({
    clock: { now: () => world.now },
    offer: () =>
      world.isThere
        ? async ({ sync }) => {
            asked.push(sync?.head.id ?? 'none')
            return world.outcome
          }
        : undefined,
    onRefused: (detail) => refused.push(detail),
  })
  return { offers, asked, refused, world }
}

test('[FLEET13] a session is offered once for each head, and again after a minute', () => {
  const { offers, asked, world } = open()
  offers.look(rowOf(100))
  expect(asked).toEqual([])
  offers.look(rowOf(900))
  offers.look(rowOf(910))
  expect(asked).toEqual([''])
  offers.look(rowOf(900, 'g1'))
  expect(asked).toEqual(['', 'g1'])
  world.now = 60_000
  offers.look(rowOf(905, 'g1'))
  expect(asked).toEqual(['', 'g1', 'g1'])
})

test('[FLEET13] where the clock jumps back, a session is not left alone until it has caught up', () => {
  const { offers, asked, world } = open()
  world.now = 86_400_000
  offers.look(rowOf(900))
  world.now = 60_000
  offers.look(rowOf(900))
  expect(asked).toEqual(['', ''])
  offers.look(rowOf(900))
  expect(asked).toEqual(['', ''])
})

test('[FLEET14] what workers end without a new head is offered again a minute later, and then every hour', async () => {
  const { offers, asked, world } = open()
  const lookAt = async (now: number): Promise<number> => {
    world.now = now
    offers.look(rowOf(900))
    // What came of it is known by the next turn of the loop.
    await new Promise((resolve) => setImmediate(resolve))
    return asked.length
  }
  expect(await lookAt(0)).toBe(1)
  world.outcome = { kind: 'already-queued' }
  expect(await lookAt(60_000)).toBe(2)
  expect(await lookAt(120_000)).toBe(3)
  world.outcome = { kind: 'queued' }
  expect(await lookAt(180_000)).toBe(4)
  expect(await lookAt(180_000 + 3_599_999)).toBe(4)
  expect(await lookAt(180_000 + 3_600_000)).toBe(5)
  expect(await lookAt(180_000 + 3_660_000)).toBe(5)
  world.now += 1
  offers.look(rowOf(900, 'g1'))
  expect(asked.at(-1)).toBe('g1')
})

test('[FLEET13] what was refused is told and offered anew; where nobody is, nobody is asked', async () => {
  const { offers, asked, refused, world } = open({ kind: 'refused', detail: 'no queue' })
  offers.look(rowOf(900))
  await expect.poll(() => refused).toEqual(['no queue'])
  offers.look(rowOf(901))
  expect(asked).toHaveLength(2)
  world.isThere = false
  offers.look(rowOf(902, 'g2'))
  expect(asked).toHaveLength(2)
})

test('[FLEET13] a device of a fleet starts no job of its own, unless the fleet is out of reach', async () => {
  const tell = { isActive: () => true, foldsElsewhere: () => true }
  for (const [foldsElsewhere, jobs] of [
    [true, 0],
    [false, 1],
  ] as const) {
    const origin = createOrigin()
    const tab = openTab({ origin, sharing: { ...tell, foldsElsewhere: () => foldsElsewhere } })
    const session = await tab.backfold.session('s', { ...BY_HAND, automatic: true })
    const text = 'a line of output that says little\n'.repeat(27)
    await session.append(...turns(6, text))
    const { budget, tokens } = session.state.get()
    expect(tokens.context).toBeGreaterThan(budget.soft)
    expect(tokens.context).toBeLessThan(budget.hard)
    const count = async (): Promise<number> =>
      (await tab.store.read({ session: 's', jobs: 'all' })).jobs.length
    await expect.poll(count).toBe(jobs)
    await tab.backfold.close()
  }
})
