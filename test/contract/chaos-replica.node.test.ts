import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ChaosDevice } from '../support/chaos/chaos-device.ts'
import { checkSpace } from '../support/chaos/check-space.ts'
import { damageStream } from '../support/chaos/damage-stream.ts'
import { readSpace } from '../support/chaos/read-space.ts'
import { LONG } from '../support/chaos/run-storm.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startCluster, type NatsCluster } from '../support/nats/start-cluster.ts'
import type { NatsServer } from '../support/nats/start-nats.ts'
import { createSeededRandom } from '../sim/seeded-random.ts'

const found = await findNats()
const note = found.missing === undefined ? '' : ` (skipped: ${found.missing})`

/** Seeds in `npm test`; `BACKFOLD_CHAOS_SEEDS` and `BACKFOLD_FIRST_SEED` set others, for long runs. */
const SEEDS = Math.ceil(Number(process.env['BACKFOLD_CHAOS_SEEDS'] ?? 2) / 2)
const FIRST = Number(process.env['BACKFOLD_FIRST_SEED'] ?? 1)
/** In turn, so that two seeds that follow each other have both. */
const cases = Array.from({ length: SEEDS }, (_, at) => {
  const seed = FIRST + at
  return { seed, damage: seed % 2 === 1 ? 'flipped bits' : 'truncated' } as const
})

const MESSAGES = 40

describe.skipIf(found.missing !== undefined)(`one damaged copy of three${note}`, () => {
  let cluster: NatsCluster

  beforeAll(async () => {
    cluster = await startCluster(found.path, { isDurable: true })
  }, 60_000)

  afterAll(() => cluster.close())

  /** It may refuse to, or others may be faster. */
  async function letDecide(node: NatsServer): Promise<void> {
    for (let tries = 0; tries < 3; tries += 1) {
      await cluster.stepDown('BF', node).catch(() => undefined)
      const look = async (): Promise<boolean> => (await cluster.findDecider('BF')) !== undefined
      await expect.poll(look, LONG).toBe(true)
      if ((await cluster.findDecider('BF')) === node) return
    }
  }

  test.each(cases)(
    '[CHAOS5] files of $damage, seed $seed: nobody loses anything, and once the node was wiped all have the same',
    { timeout: 240_000 },
    async ({ damage, seed }) => {
      const random = createSeededRandom(seed)
      const space = `${damage === 'truncated' ? 'truncated' : 'flipped'}-${seed}`
      const open = async (
        name: string,
        nodes: readonly NatsServer[] = cluster.nodes,
      ): Promise<ChaosDevice> => {
        const device = await ChaosDevice.open({ name, space, nodes })
        onTestFinished(() => device.close())
        return device
      }
      const speakers = [await open('one'), await open('two')]
      const countOf = async (device: ChaosDevice): Promise<number> =>
        (await device.store.read({ session: 'talk', range: { from: 1, to: Infinity } })).range
          .length
      await Promise.all(speakers.map((device) => device.say('talk', MESSAGES)))
      for (const device of speakers) {
        await expect.poll(() => device.pending(), LONG).toBe(0)
        await expect.poll(() => countOf(device), LONG).toBe(2 * MESSAGES)
      }
      await expect.poll(() => cluster.isWhole('BF'), LONG).toBe(true)

      const damaged = random.pick(cluster.nodes)
      await damaged.kill()
      expect(damageStream(damaged.storeFolder, 'BF', damage, random).length).toBeGreaterThan(0)
      await damaged.start()
      await letDecide(damaged)
      const late = await open('late', [damaged])
      const isSettled = (): boolean => !['connecting', 'catching-up'].includes(late.status().phase)
      await expect.poll(isSettled, LONG).toBe(true)
      // Whatever that node says, nobody loses what they have.
      for (const device of speakers) expect(await countOf(device)).toBe(2 * MESSAGES)

      await damaged.kill()
      damaged.wipe()
      await damaged.start()
      await expect.poll(() => cluster.isWhole('BF'), LONG).toBe(true)
      // Entries tell how many their sender had seen: whoever missed some before finds out by these.
      const all = [...speakers, late]
      for (const device of all) await device.say('talk', 2)
      const look = async (): Promise<readonly string[]> => {
        const offline = all.filter((device) => device.status().phase === 'offline')
        await Promise.all(offline.map((device) => device.retry()))
        const entries = await readSpace(cluster.addresses, space)
        return (await checkSpace(all, all, entries, new Set())).wrong
      }
      await expect.poll(look, { ...LONG, interval: 500 }).toEqual([])
    },
  )
})
