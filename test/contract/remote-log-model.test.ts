import { expect, test } from 'vitest'
import { createSeededRandom } from '../sim/seeded-random.ts'
import {
  createRemoteLogModel,
  NO_REMOTE_FAULTS,
  type ModelledConnection,
  type RemoteFaults,
} from '../support/remote-log-model.ts'
import { createOpenSteps, createStepQueue } from '../support/step-queue.ts'
import { watchRemoteLog, type Watched } from '../support/watch-remote-log.ts'
import { buildEntry, describeRemoteLog } from './remote-log-contract.ts'

describeRemoteLog('the model of a remote log', async () => {
  const model = createRemoteLogModel(createSeededRandom(7))
  return {
    connect: async () => model.connect(createOpenSteps()),
    spoil: async (place) => void model.inject(place, new Uint8Array(3)),
  }
})

const SEEDS = 300

/** Each kind of fault is off in many runs, so that the others get further. */
function chooseFaults(seed: number): RemoteFaults {
  const random = createSeededRandom(seed)
  const names = Object.keys(NO_REMOTE_FAULTS) as (keyof RemoteFaults)[]
  const chosen = names.map((name) => [name, random.chance(0.5) ? random.next() * 0.3 : 0] as const)
  return { ...NO_REMOTE_FAULTS, ...Object.fromEntries(chosen) }
}

/** Says each thing once, in order: what is unsure is looked for, and said again if it is not there. */
async function sayAll(
  log: ModelledConnection,
  watched: Watched,
  ids: readonly string[],
  wait: (isDone: () => boolean) => Promise<void>,
): Promise<ReadonlySet<string>> {
  const stored = new Set<string>()
  for (const id of ids) {
    for (;;) {
      const before = watched.caughtUp()
      const outcome = await log.append(buildEntry(id))
      if (outcome.kind === 'stored') {
        stored.add(id)
        break
      }
      if (outcome.kind === 'unsure') await wait(() => watched.caughtUp() > before)
      if (watched.ids().includes(id)) break
    }
  }
  return stored
}

async function run(seed: number) {
  const random = createSeededRandom(seed)
  const model = createRemoteLogModel(random, chooseFaults(seed))
  const steps = createStepQueue(random)
  const waiting: { readonly isDone: () => boolean; readonly go: () => void }[] = []
  const wait = (isDone: () => boolean) =>
    new Promise<void>((go) => void waiting.push({ isDone, go }))
  const wake = (): void => {
    for (const { isDone, go } of waiting) if (isDone()) go()
  }
  const logs = Array.from({ length: 3 }, () => model.connect(steps))
  const watched = logs.map((log) => watchRemoteLog(log))
  let done = 0
  const stored = logs.map(async (log, device) => {
    const ids = Array.from({ length: 6 }, (_, index) => `d${device}-${index}`)
    const [own] = watched.slice(device)
    if (!own) throw new RangeError('each device follows')
    const said = await sayAll(log, own, ids, wait)
    done += 1
    return said
  })
  await steps.runUntil(() => {
    wake()
    return done === logs.length
  })
  model.faults = NO_REMOTE_FAULTS
  await steps.runUntil(() => false)
  return { model, watched, stored: await Promise.all(stored), trace: steps.trace }
}

test.each(Array.from({ length: SEEDS / 50 }, (_, group) => group * 50 + 1))(
  '[RLOG9] those who follow agree on everything, seeds from %i',
  async (first) => {
    for (let seed = first; seed < first + 50; seed += 1) {
      const { model, watched, stored } = await run(seed)
      for (const { entries } of watched) expect(entries, `seed ${seed}`).toEqual(model.entries)
      const ids = new Set(model.entries.map(({ id }) => id))
      for (const said of stored) for (const id of said) expect(ids, `seed ${seed}`).toContain(id)
      expect(
        [...ids].filter((id) => id !== ''),
        `seed ${seed}`,
      ).toHaveLength(18)
    }
  },
)

test('[RLOG9] the same seed gives the same run, and different ones do not', async () => {
  const [once, again, another] = [await run(11), await run(11), await run(12)]
  expect(again.trace).toEqual(once.trace)
  expect(again.model.entries).toEqual(once.model.entries)
  expect(another.trace).not.toEqual(once.trace)
})

test('[RLOG9] what the server lost is not delivered to those who come later', async () => {
  const model = createRemoteLogModel(createSeededRandom(3))
  const log = model.connect(createOpenSteps())
  for (const id of ['a', 'b', 'c']) await log.append(buildEntry(id))
  model.lose(({ id }) => id !== 'b')
  const watched = watchRemoteLog(log)
  await expect.poll(watched.caughtUp).toBe(1)
  expect(watched.ids()).toEqual(['b'])
  model.forgetIds()
  await log.append(buildEntry('b'))
  await expect.poll(watched.ids).toEqual(['b', 'b'])
})
