import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { chooseChaosPlan, DEVICE_FAULTS, NODE_FAULTS } from '../support/chaos/chaos-plan.ts'
import { ChaosStorm, LONG, type Storm } from '../support/chaos/run-storm.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startCluster, type NatsCluster } from '../support/nats/start-cluster.ts'

const found = await findNats()
const note = found.missing === undefined ? '' : ` (skipped: ${found.missing})`

/** Seeds in `npm test`; `BACKFOLD_CHAOS_SEEDS` and `BACKFOLD_FIRST_SEED` set others, for long runs. */
const SEEDS = Number(process.env['BACKFOLD_CHAOS_SEEDS'] ?? 2)
const FIRST = Number(process.env['BACKFOLD_FIRST_SEED'] ?? 1)
const seeds = Array.from({ length: SEEDS }, (_, at) => FIRST + at)

describe.skipIf(found.missing !== undefined)(`devices on three servers${note}`, () => {
  let cluster: NatsCluster

  beforeAll(async () => {
    cluster = await startCluster(found.path, { isDurable: true })
  }, 60_000)

  afterAll(() => cluster.close())

  async function run(seed: number): Promise<Storm> {
    const plan = chooseChaosPlan(seed)
    const storm = await ChaosStorm.open({ cluster, plan })
    onTestFinished(() => storm.close())
    await storm.begin()
    await storm.storm()
    const told = await storm.calmDown()
    // Nothing of them is left running.
    for (const device of storm.devices) await device.stop()
    await expect.poll(() => storm.connections(), LONG).toBe(0)
    if (SEEDS > 2) process.stdout.write(`seed ${seed}: ${JSON.stringify(told)}\n`)
    return told
  }

  test.each(seeds)(
    '[CHAOS1, CHAOS2] seed %i: whatever happens to nodes, ways and devices, nothing is lost or doubled, and all agree',
    { timeout: 400_000 },
    async (seed) => {
      const told = await run(seed)
      expect(told).toMatchObject({ lost: 0, doubled: 0, doubleWinners: 0 })
      // All that was planned has happened, and heads were made apart from each other.
      expect(told).toMatchObject({ lostAnswers: 2, crashes: 1 })
      expect(told.applied).toBeGreaterThanOrEqual(2)
      expect(told.heads).toBeGreaterThanOrEqual(1)
    },
  )
})

test('[CHAOS1] two seeds that follow each other have all faults between them', () => {
  for (let seed = 1; seed < 40; seed += 2) {
    const plans = [chooseChaosPlan(seed), chooseChaosPlan(seed + 1)]
    const rounds = plans.flatMap((plan) => plan.rounds)
    expect(rounds.map(({ node }) => node).toSorted()).toEqual(NODE_FAULTS.toSorted())
    for (const plan of plans) {
      const faults = plan.rounds.flatMap((round) => round.faults.flatMap((fault) => fault ?? []))
      expect(faults.toSorted()).toEqual(DEVICE_FAULTS.toSorted())
      for (const { faults: some } of plan.rounds) expect(some).toContain(undefined)
    }
  }
})
