import { describe, expect, onTestFinished, test } from 'vitest'
import { connectNats } from '../../src/sync/nats/connect-nats.ts'
import type { NatsLog } from '../../src/sync/nats/nats-options.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { startCluster, type NatsCluster } from '../support/nats/start-cluster.ts'
import { watchRemoteLog } from '../support/watch-remote-log.ts'
import { buildEntry } from './remote-log-contract.ts'

const found = await findNats()
const note = found.missing ? ` (skipped: ${found.missing})` : ''

const ROUNDS = 12
const MESSAGES = 30

describe.skipIf(found.missing)(`on three servers${note}`, { timeout: 60_000 }, () => {
  async function open({ addresses }: NatsCluster): Promise<NatsLog> {
    const settings = { servers: addresses, space: 's', beatMs: 300, patienceMs: 2_500, restMs: 50 }
    const log = await connectNats(settings, () => undefined)
    onTestFinished(() => log.close())
    await expect.poll(() => log.state().kind).toBe('online')
    return log
  }

  /** Commits one generation behind the other; of what is unsure it finds out by following. */
  async function commitAll(
    log: NatsLog,
    device: string,
    isCalm: () => boolean,
  ): Promise<readonly string[]> {
    const watched = watchRemoteLog(log)
    await expect.poll(watched.caughtUp).toBeGreaterThan(0)
    const won: string[] = []
    const heads = () => watched.entries.filter(({ channel }) => channel === 'heads')
    for (let attempt = 0; heads().length < ROUNDS || !isCalm(); attempt += 1) {
      const before = watched.caughtUp()
      const head = heads().at(-1)?.position ?? 0
      const id = `${device}-${attempt}`
      const outcome = await log.commit(
        [buildEntry(`${id}-row`, 'rows'), buildEntry(id, 'heads')],
        head,
      )
      if (outcome.kind === 'stored') won.push(id)
      if (outcome.kind === 'unsure') await expect.poll(watched.caughtUp).toBeGreaterThan(before)
      else await expect.poll(() => heads().at(-1)?.position ?? 0).toBeGreaterThan(head)
    }
    watched.stop()
    return won
  }

  async function sayAll(
    log: NatsLog,
    device: string,
    isCalm: () => boolean,
  ): Promise<readonly string[]> {
    const said: string[] = []
    const watched = watchRemoteLog(log)
    for (let at = 0; at < MESSAGES || !isCalm(); at += 1) {
      const id = `${device}-m${at}`
      said.push(id)
      while (!watched.ids().includes(id)) {
        const before = watched.caughtUp()
        const { kind } = await log.append(buildEntry(id))
        if (kind === 'stored') break
        await expect.poll(watched.caughtUp).toBeGreaterThan(before)
      }
    }
    watched.stop()
    return said
  }

  test('[RLOG5, RLOG10, RLOG15] one wins each round, and all agree, while servers step down and die', async () => {
    const cluster = await startCluster(found.path)
    onTestFinished(() => cluster.close())
    const logs = await Promise.all([open(cluster), open(cluster), open(cluster)])
    let isQuiet = false
    const isCalm = (): boolean => isQuiet
    const commits = logs.map((log, device) => commitAll(log, `d${device}`, isCalm))
    const talks = logs.map((log, device) => sayAll(log, `d${device}`, isCalm))
    await cluster.stepDown('BF')
    const decider = await cluster.findDecider('BF')
    await decider?.kill()
    await decider?.start()
    await cluster.stepDown('BF').catch(() => undefined)
    isQuiet = true
    const won = (await Promise.all(commits)).flat()
    const said = await Promise.all(talks)
    const least = said.flat().length + 2 * ROUNDS
    const all = await Promise.all(
      logs.map(async (log) => {
        const watched = watchRemoteLog(log)
        await expect.poll(() => watched.entries.length).toBeGreaterThanOrEqual(least)
        await expect.poll(watched.caughtUp).toBeGreaterThan(0)
        return watched
      }),
    )
    const [first] = all
    for (const { entries } of all) expect(entries).toEqual(first?.entries)
    const ids = first?.ids() ?? []
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of won) expect(ids).toContain(id)
    for (const [device, messages] of said.entries()) {
      expect(ids.filter((id) => id.startsWith(`d${device}-m`))).toEqual(messages)
    }
  })
})
