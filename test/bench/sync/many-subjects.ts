import type { RemoteLog } from '../../../src/core/ports/remote-log.ts'
import { reachSpace } from '../../../src/sync/nats/reach-space.ts'
import { createPlainSealer } from '../../../src/sync/plain-sealer.ts'
import { readWhole } from '../../../src/sync/seal/read-whole.ts'
import { systemClock } from '../../../src/tabs/system-clock.ts'
import { findNats } from '../../support/nats/find-nats.ts'
import { startNats, type NatsServer } from '../../support/nats/start-nats.ts'
import { fillSubjects, type ManySpaces } from './many-spaces.ts'
import { restart, sizesOf } from './serve-space.ts'
import { say } from './say.ts'

export interface ManyWish extends ManySpaces {
  /** So many subjects are there at each step; each is a session's. */
  readonly steps: readonly number[]
  /** Devices that follow at the end, each its own space. */
  readonly followers: number
}

/** Spaces in which something is done whose time is taken, and appends in each. */
const SPACES = 20
const APPENDS = 10

/** One stream with more and more subjects: what the server takes, and what one session costs among them. */
export async function measureSubjects(wish: ManyWish): Promise<void> {
  const { path, missing } = await findNats()
  if (missing !== undefined) throw new Error(missing)
  const server = await startNats({ path, maxFile: '50GB' })
  const first = await reachSpace({ servers: [server.address], space: 'p0' }, () => {})
  await first.log.close()
  let subjects = 0
  for (const step of wish.steps) {
    const fillMs = await timed(() => fillSubjects(server.address, [subjects, step], wish))
    subjects = step
    const filled = sizesOf(server)
    const restartMs = await restart(server, 'asked')
    const { residentMB: restartedMB } = sizesOf(server)
    const use = await tryEach(server, subjects, wish)
    const killedMs = await restart(server, 'killed')
    say({ kind: 'step', subjects, fillMs, killedMs, ...filled, restartMs, restartedMB, ...use })
  }
  say({ kind: 'followers', ...(await followMany(server, subjects, wish)) })
  await server.close()
}

/** Milliseconds of what devices do, each in a space of its own. */
async function tryEach(
  server: NatsServer,
  subjects: number,
  { perSpace }: Pick<ManyWish, 'perSpace'>,
) {
  const spaces = Math.floor(subjects / perSpace)
  const appendMs: number[] = []
  const commitMs: number[] = []
  const sessionMs: number[] = []
  const spaceMs: number[] = []
  for (let n = 0; n < SPACES; n += 1) {
    const space = `p${Math.floor((n * spaces) / SPACES)}`
    const token = await createPlainSealer().token('s0')
    const { log } = await reachSpace({ servers: [server.address], space }, () => {})
    for (let k = 0; k < APPENDS; k += 1) {
      const entry = { token, id: `${subjects}-${n}-${k}`, bytes: new Uint8Array(600) }
      appendMs.push(await timed(() => stored(log.append({ ...entry, channel: 'log' }))))
    }
    const head = {
      token,
      id: `${subjects}-${n}`,
      channel: 'heads',
      bytes: new Uint8Array(600),
    } as const
    const before = await readHeads(server, space, token)
    commitMs.push(await timed(() => stored(log.commit([head], before))))
    spaceMs.push(await timed(() => readWhole(log, systemClock)))
    await log.close()
    const one = await reachSpace({ servers: [server.address], space, session: token }, () => {})
    sessionMs.push(await timed(() => readWhole(one.log, systemClock)))
    await one.log.close()
  }
  return { appendMs, commitMs, sessionMs, spaceMs }
}

async function readHeads(server: NatsServer, space: string, session: string): Promise<number> {
  const { log } = await reachSpace({ servers: [server.address], space, session }, () => {})
  const entries = await readWhole(log, systemClock)
  await log.close()
  return entries.findLast(({ channel }) => channel === 'heads')?.position ?? 0
}

async function stored(writing: ReturnType<RemoteLog['commit']>): Promise<void> {
  const written = await writing
  if (written.kind !== 'stored') throw new Error(JSON.stringify(written))
}

/** What devices cost that are connected and hear of everything in their spaces. */
async function followMany(server: NatsServer, subjects: number, { followers, perSpace }: ManyWish) {
  const before = sizesOf(server).residentMB
  const spaces = Math.floor(subjects / perSpace)
  const logs: RemoteLog[] = []
  const startedMs = performance.now()
  for (let n = 0; n < followers; n += 1) {
    const space = `p${n % spaces}`
    const { log } = await reachSpace({ servers: [server.address], space }, () => {})
    await new Promise<void>((resolve) => {
      log.follow(0, async ({ isCaughtUp }) => {
        if (isCaughtUp) resolve()
      })
    })
    logs.push(log)
  }
  const followedMs = performance.now() - startedMs
  const residentMB = sizesOf(server).residentMB - before
  const { appendMs } = await tryEach(server, subjects, { perSpace })
  await Promise.all(logs.map((log) => log.close()))
  return { followers, followedMs, residentMB, appendMs }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}
