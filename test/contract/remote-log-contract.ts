import { describe, expect, onTestFinished, test } from 'vitest'
import type { Channel } from '../../src/core/sync/sync-record.ts'
import type {
  OutgoingEntry,
  RemoteBatch,
  RemoteEntry,
  RemoteLog,
  RemotePlace,
} from '../../src/core/ports/remote-log.ts'
import { watchRemoteLog } from '../support/watch-remote-log.ts'

/** A device's connection, which a test may break. */
export interface BreakableLog extends RemoteLog {
  cut(): void
  heal(): void
}

/** A space in which nothing was said yet. */
export interface RemoteSpace {
  connect(): Promise<BreakableLog>
  /** Stores something that is no entry: it has no id. */
  spoil(place: RemotePlace): Promise<void>
}

const encoder = new TextEncoder()

export function buildEntry(
  id: string,
  channel: Channel = 'log',
  token: string = 'session',
): OutgoingEntry {
  return { token, channel, id, bytes: encoder.encode(`says ${id}`) }
}

/** What a remote log has to do, on a server and in the model alike. */
export function describeRemoteLog(name: string, openSpace: () => Promise<RemoteSpace>): void {
  const open = async (devices: number) => {
    const space = await openSpace()
    const logs = await Promise.all(Array.from({ length: devices }, () => space.connect()))
    onTestFinished(async () => void (await Promise.all(logs.map((log) => log.close()))))
    const [log, other = log] = logs
    if (!log || !other) throw new RangeError('a test needs a device')
    return { space, logs, log, other }
  }
  describe(`${name}`, () => {
    describeFollowing(open)
    describeEnding(open)
    describeWriting(open)
    describeBreaking(open)
  })
}

type Open = (devices: number) => Promise<{
  readonly space: RemoteSpace
  readonly logs: readonly BreakableLog[]
  readonly log: BreakableLog
  readonly other: BreakableLog
}>

function describeFollowing(open: Open): void {
  test('[RLOG1] all who follow get the same entries in the same order, each once and unchanged', async () => {
    const { logs } = await open(3)
    const early = logs.map((log) => watchRemoteLog(log))
    const channels: readonly Channel[] = ['log', 'rows', 'heads', 'claims']
    await Promise.all(
      logs.map(async (log, device) => {
        for (const [index, channel] of channels.entries()) {
          await log.append(buildEntry(`d${device}-${index}`, channel, `t-${device}_${index}`))
        }
      }),
    )
    const late = logs.map((log) => watchRemoteLog(log))
    for (const { entries } of [...early, ...late]) await expect.poll(() => entries.length).toBe(12)
    const [first] = early
    for (const watched of [...early, ...late]) expect(watched.entries).toEqual(first?.entries)
    expect(isAscending(first?.entries ?? [])).toBe(true)
    const found = first?.entries.find(({ id }) => id === 'd1-2')
    expect(found).toMatchObject({ token: 't-1_2', channel: 'heads' })
    expect(new TextDecoder().decode(found?.bytes)).toBe('says d1-2')
  })

  test('[RLOG1] following begins behind a position', async () => {
    const { log } = await open(1)
    for (const id of ['a', 'b', 'c', 'd']) await log.append(buildEntry(id))
    const all = watchRemoteLog(log)
    await expect.poll(all.ids).toEqual(['a', 'b', 'c', 'd'])
    const rest = watchRemoteLog(log, all.entries[1]?.position)
    await expect.poll(rest.ids).toEqual(['c', 'd'])
    const none = watchRemoteLog(log, all.entries[3]?.position)
    await expect.poll(none.caughtUp).toBeGreaterThan(0)
    await log.append(buildEntry('e'))
    await expect.poll(none.ids).toEqual(['e'])
    expect(rest.entries).toEqual(all.entries.slice(2))
  })

  test('[RLOG1] bytes that are no text, and none at all, come as they were', async () => {
    const { log, other } = await open(2)
    const bytes = Uint8Array.from({ length: 512 }, (_, index) => index % 256)
    await log.append({ ...buildEntry('binary'), bytes })
    await log.append({ ...buildEntry('empty'), bytes: new Uint8Array() })
    const watched = watchRemoteLog(other)
    await expect.poll(watched.ids).toEqual(['binary', 'empty'])
    expect([...(watched.entries[0]?.bytes ?? [])]).toEqual([...bytes])
    expect(watched.entries[1]?.bytes).toHaveLength(0)
  })

  test('[RLOG2] a batch comes once the one before is taken in', async () => {
    const { log, other } = await open(2)
    const taken: string[] = []
    let isTaking = false
    let release: () => void = () => undefined
    log.follow(0, async ({ entries }: RemoteBatch) => {
      expect(isTaking).toBe(false)
      isTaking = true
      await new Promise<void>((resolve) => {
        release = resolve
      })
      isTaking = false
      taken.push(...entries.map(({ id }) => id))
    })
    const ids = Array.from({ length: 40 }, (_, index) => `m${index}`)
    for (const id of ids) await other.append(buildEntry(id))
    await expect
      .poll(() => {
        release()
        return taken
      })
      .toEqual(ids)
  })

  test('[RLOG3] where nothing is there, it is said that all was delivered', async () => {
    const { log } = await open(1)
    const watched = watchRemoteLog(log)
    await expect.poll(watched.caughtUp).toBe(1)
    expect(watched.entries).toEqual([])
  })

  test('[RLOG3] what this connection was told of is delivered before it is said that all was', async () => {
    const { log } = await open(1)
    for (let round = 0; round < 10; round += 1) {
      const stored = await log.append(buildEntry(`m${round}`))
      if (stored.kind !== 'stored') throw new Error(stored.kind)
      const seen: number[] = []
      await new Promise<void>((resolve) => {
        const following = log.follow(0, async ({ entries, isCaughtUp }) => {
          seen.push(...entries.map(({ position }) => position))
          if (!isCaughtUp) return
          following.stop()
          resolve()
        })
      })
      expect(seen.at(-1)).toBe(stored.position)
      expect(seen).toHaveLength(round + 1)
    }
  })
}

function describeEnding(open: Open): void {
  test('[RLOG8] nothing is delivered once following was stopped', async () => {
    const { log, other } = await open(2)
    const watched = watchRemoteLog(log)
    await other.append(buildEntry('a'))
    await expect.poll(watched.ids).toEqual(['a'])
    watched.stop()
    await watched.ended
    await other.append(buildEntry('b'))
    const behind = watchRemoteLog(log)
    await expect.poll(behind.ids).toEqual(['a', 'b'])
    expect(watched.ids()).toEqual(['a'])
  })

  test('[RLOG8] following ends where a batch is not taken in', async () => {
    const { log } = await open(1)
    await log.append(buildEntry('a'))
    let tries = 0
    const following = log.follow(0, async () => {
      tries += 1
      throw new Error('no room here')
    })
    await following.ended
    expect(tries).toBe(1)
  })

  test('[RLOG8] closing ends what follows; later writes are unsure and later followings end', async () => {
    const { log, other } = await open(2)
    const watched = watchRemoteLog(log)
    await expect.poll(watched.caughtUp).toBe(1)
    await log.close()
    await watched.ended
    await log.close()
    expect(await log.append(buildEntry('a'))).toMatchObject({ kind: 'unsure' })
    expect(await log.commit([buildEntry('b', 'heads')], 0)).toMatchObject({ kind: 'unsure' })
    await watchRemoteLog(log).ended
    const rest = watchRemoteLog(other)
    await expect.poll(rest.caughtUp).toBe(1)
    expect(rest.entries).toEqual([])
  })
}

function describeWriting(open: Open): void {
  test('[RLOG4] the same id twice is stored once, whoever writes it', async () => {
    const { log, other } = await open(2)
    const first = await log.append(buildEntry('a'))
    expect(first.kind).toBe('stored')
    expect(await log.append(buildEntry('a'))).toEqual(first)
    expect(await other.append(buildEntry('a'))).toEqual(first)
    await log.append(buildEntry('b'))
    const watched = watchRemoteLog(log)
    await expect.poll(watched.ids).toEqual(['a', 'b'])
  })

  test('[RLOG4] the same id in another session or channel is another entry', async () => {
    const { log, other } = await open(2)
    await log.append(buildEntry('a'))
    await log.append(buildEntry('a', 'rows'))
    await other.append(buildEntry('a', 'log', 'another'))
    const watched = watchRemoteLog(other)
    await expect.poll(watched.ids).toEqual(['a', 'a', 'a'])
    expect(watched.entries.map(({ token }) => token)).toEqual(['session', 'session', 'another'])
  })

  test('[RLOG5] of those who commit behind the same position one wins, round after round', async () => {
    const { logs, log } = await open(4)
    const watched = watchRemoteLog(log)
    let expected = 0
    for (let round = 0; round < 10; round += 1) {
      const outcomes = await Promise.all(
        logs.map((each, device) =>
          each.commit([buildEntry(`r${round}-d${device}`, 'heads')], expected),
        ),
      )
      const [won, ...more] = outcomes.filter(({ kind }) => kind === 'stored')
      expect(more).toEqual([])
      expect(outcomes.filter(({ kind }) => kind === 'moved')).toHaveLength(3)
      if (won?.kind !== 'stored') throw new Error('nobody won')
      expected = won.position
    }
    await expect.poll(() => watched.entries.length).toBe(10)
  })

  test('[RLOG5] other channels and other sessions do not disturb a commit', async () => {
    const { log, other } = await open(2)
    const first = await log.commit([buildEntry('h1', 'heads')], 0)
    if (first.kind !== 'stored') throw new Error(first.kind)
    await other.append(buildEntry('m1', 'log'))
    await other.append(buildEntry('c1', 'claims'))
    await other.append(buildEntry('r1', 'rows'))
    await other.commit([buildEntry('h2', 'heads', 'another')], 0)
    const second = await log.commit([buildEntry('h3', 'heads')], first.position)
    expect(second.kind).toBe('stored')
    expect(await other.commit([buildEntry('h4', 'heads')], first.position)).toEqual({
      kind: 'moved',
    })
  })

  test('[RLOG5] garbage in the channel counts, and is delivered without an id', async () => {
    const { space, log } = await open(1)
    await space.spoil({ token: 'session', channel: 'heads' })
    expect(await log.commit([buildEntry('h1', 'heads')], 0)).toEqual({ kind: 'moved' })
    const watched = watchRemoteLog(log)
    await expect.poll(watched.ids).toEqual([''])
    const expected = watched.entries[0]?.position ?? 0
    expect(await log.commit([buildEntry('h1', 'heads')], expected)).toMatchObject({
      kind: 'stored',
    })
  })

  test('[RLOG6] the entries of a commit come in their order, or not at all', async () => {
    const { log, other } = await open(2)
    const wide = (name: string) => [
      buildEntry(`${name}-row1`, 'rows'),
      buildEntry(`${name}-row2`, 'rows'),
      buildEntry(`${name}-row3`, 'rows'),
      buildEntry(`${name}-head`, 'heads'),
    ]
    expect(await log.commit(wide('a'), 0)).toMatchObject({ kind: 'stored' })
    expect(await other.commit(wide('b'), 0)).toEqual({ kind: 'moved' })
    const watched = watchRemoteLog(other)
    await expect.poll(watched.ids).toEqual(['a-row1', 'a-row2', 'a-row3', 'a-head'])
    expect(await other.commit(wide('b'), watched.entries[3]?.position ?? 0)).toMatchObject({
      kind: 'stored',
    })
    await expect.poll(() => watched.ids().slice(4)).toEqual(wide('b').map(({ id }) => id))
  })

  test('[RLOG6] a commit holds where some of its entries were stored before', async () => {
    const { log } = await open(1)
    await log.append(buildEntry('row1', 'rows'))
    const entries = ['row1', 'row2'].map((id) => buildEntry(id, 'rows'))
    const committed = await log.commit([...entries, buildEntry('head', 'heads')], 0)
    expect(committed.kind).toBe('stored')
    const watched = watchRemoteLog(log)
    await expect.poll(watched.ids).toEqual(['row1', 'row2', 'head'])
  })
}

function describeBreaking(open: Open): void {
  test('[RLOG3] it is said anew once the connection came back, and what came meanwhile is delivered', async () => {
    const { log, other } = await open(2)
    const watched = watchRemoteLog(log)
    await other.append(buildEntry('a'))
    await expect.poll(watched.ids).toEqual(['a'])
    await expect.poll(watched.caughtUp).toBeGreaterThan(0)
    const before = watched.caughtUp()
    log.cut()
    await other.append(buildEntry('b'))
    await other.append(buildEntry('c'))
    expect(watched.ids()).toEqual(['a'])
    log.heal()
    await expect.poll(watched.ids).toEqual(['a', 'b', 'c'])
    await expect.poll(watched.caughtUp).toBeGreaterThan(before)
  })

  test('[RLOG7] a write without a connection is unsure', async () => {
    const { log, other } = await open(2)
    const watched = watchRemoteLog(log)
    await expect.poll(watched.caughtUp).toBe(1)
    log.cut()
    expect(await log.append(buildEntry('a'))).toMatchObject({ kind: 'unsure' })
    expect(await log.commit([buildEntry('b', 'heads')], 0)).toMatchObject({ kind: 'unsure' })
    log.heal()
    await expect.poll(watched.caughtUp).toBeGreaterThan(1)
    expect((await log.append(buildEntry('a'))).kind).toBe('stored')
    const rest = watchRemoteLog(other)
    await expect.poll(() => rest.ids().filter((id) => id === 'a')).toHaveLength(1)
  })
}

function isAscending(entries: readonly RemoteEntry[]): boolean {
  return entries.every(({ position }, at) => position > (entries[at - 1]?.position ?? 0))
}
