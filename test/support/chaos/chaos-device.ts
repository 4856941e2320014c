import { isBackfoldError } from '../../../src/core/backfold-error.ts'
import type { SessionStore, Snapshotted, Write } from '../../../src/core/ports/session-store.ts'
import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import { pendingOf } from '../../../src/core/sync/pending-of.ts'
import { openEngine } from '../../../src/client/open-engine.ts'
import type { Backfold, Session } from '../../../src/client/session.ts'
import type { Sync } from '../../../src/client/backfold-sync.ts'
import type { SyncOptions, SyncStatus } from '../../../src/protocol/sync.ts'
import { createMemoryRows, createMemoryStore } from '../../../src/store/memory-store.ts'
import { startFaultProxy, type FaultProxy } from '../nats/fault-proxy.ts'
import type { NatsServer } from '../nats/start-nats.ts'
import { createMortalStore, type MortalStore } from './mortal-store.ts'
import { createSkewedClock, type SkewedClock } from './skewed-clock.ts'

export interface DeviceWish {
  readonly name: string
  readonly nodes: readonly Pick<NatsServer, 'port'>[]
  readonly space: string
  readonly sync?: Pick<SyncOptions, 'fold' | 'credentials'>
  /** How far its clock is ahead, in milliseconds; 0 by default. */
  readonly skewMs?: number
}

/** A message that this device was told to be stored. */
export interface Receipt {
  readonly session: string
  readonly id: string
}

/** One process, from its start to its end. */
interface Life {
  readonly backfold: Backfold
  readonly mortal: MortalStore
  readonly sync: Sync
  readonly sessions: Map<string, Session>
}

const FILLER = 'the build failed in step seven and was started again after a while. '.repeat(3)

/** One device with the whole engine, which reaches each node by a way of its own. What it stored outlives its processes. */
export class ChaosDevice {
  readonly name: string
  readonly clock: SkewedClock
  readonly store: SessionStore = createMemoryStore(createMemoryRows())
  readonly ways: readonly FaultProxy[]
  readonly receipts: Receipt[] = []
  /** All that it ever tried to append, by id. */
  readonly tried: Map<string, string> = new Map()
  /** Jobs that covered what may still move. */
  readonly early: string[] = []
  /** Generations that it applied. */
  applied = 0
  lostAnswers = 0
  crashes = 0
  private readonly wish: DeviceWish
  private readonly policies = new Map<string, PolicyOptions>()
  private life: Life | undefined

  private constructor(wish: DeviceWish, ways: readonly FaultProxy[]) {
    this.wish = wish
    this.name = wish.name
    this.ways = ways
    this.clock = createSkewedClock(wish.skewMs ?? 0)
  }

  static async open(wish: DeviceWish): Promise<ChaosDevice> {
    const ways = await Promise.all(wish.nodes.map(({ port }) => startFaultProxy(port)))
    const device = new ChaosDevice(wish, ways)
    await device.start()
    return device
  }

  async start(): Promise<void> {
    const { space, sync } = this.wish
    const servers = this.ways.map(({ address }) => address)
    const mortal = createMortalStore(this.store, (read, writes) => this.watch(read, writes))
    const backfold = await openEngine({
      store: mortal.store,
      clock: this.clock,
      sync: { ...sync, servers, space, deviceName: this.name },
    })
    this.life = { backfold, mortal, sync: await backfold.sync(), sessions: new Map() }
  }

  /** Ends as a killed process does. Nothing more is written or sent; what was under way is lost. */
  async crash(): Promise<void> {
    const { backfold, mortal } = this.alive()
    this.crashes += 1
    for (const way of this.ways) way.cut()
    mortal.die()
    this.life = undefined
    await backfold.close().catch(() => undefined)
    for (const way of this.ways) way.heal()
  }

  async session(id: string, policy?: PolicyOptions): Promise<Session> {
    const { sessions, backfold } = this.alive()
    if (policy) this.policies.set(id, policy)
    const known = sessions.get(id)
    if (known && !policy) return known
    const session = await backfold.session(id, this.policies.get(id))
    sessions.set(id, session)
    return session
  }

  /** Appends so many messages, each once the one before is stored. */
  async say(session: string, count: number): Promise<readonly string[]> {
    const ids: string[] = []
    for (let n = 0; n < count; n += 1) ids.push(await this.append(session, this.nextId()))
    return ids
  }

  /** The id that the message after so many others is going to have. */
  idAfter(count: number): string {
    return `${this.name}-${this.tried.size + count + 1}`
  }

  nextId(): string {
    return this.idAfter(0)
  }

  async append(session: string, id: string, content: string = `${id}: ${FILLER}`): Promise<string> {
    const role = this.tried.size % 2 === 0 ? 'user' : 'assistant'
    this.tried.set(id, content)
    for (;;) {
      const open = await this.session(session)
      try {
        await open.append({ id, role, content })
        this.receipts.push({ session, id })
        return id
      } catch (failure) {
        const isGone = isBackfoldError(failure) && failure.code === 'SESSION_NOT_FOUND'
        // Others have deleted it: it begins anew.
        if (!isGone || this.life?.sessions.get(session) !== open) throw failure
        this.life.sessions.delete(session)
      }
    }
  }

  /** Makes a candidate and applies it; returns what came of both. */
  async fold(id: string): Promise<string> {
    const session = await this.session(id)
    const compacted = await session.compact()
    if (compacted.kind !== 'ready') return compacted.kind
    const { kind } = await session.apply()
    if (kind === 'applied') this.applied += 1
    return kind
  }

  async delete(session: string): Promise<void> {
    const { backfold, sessions } = this.alive()
    sessions.delete(session)
    await backfold.delete(session)
  }

  status(): SyncStatus {
    return this.alive().sync.status.get()
  }

  /** All that waits to be confirmed, as it is stored. */
  async pending(): Promise<number> {
    const rows = await this.store.listSessions()
    return rows.reduce((sum, row) => sum + pendingOf(row), 0)
  }

  renew(credentials: NonNullable<SyncOptions['credentials']>): Promise<void> {
    return this.alive().sync.renew(credentials)
  }

  /** As a person does that wants to be online now. */
  async retry(): Promise<void> {
    await this.life?.sync.retry()
  }

  /** Loses the answers to these messages when they are sent for the first time, and the connections with them. */
  loseAnswersTo(ids: readonly string[]): void {
    for (const id of ids) {
      let isDone = false
      for (const way of this.ways) {
        way.onText(`#${id}\r`, (passing) => {
          if (isDone) return
          isDone = true
          passing.loseAnswer(() => {
            this.lostAnswers += 1
          })
        })
      }
    }
  }

  /** Ends it as a host does. */
  async stop(): Promise<void> {
    await this.life?.backfold.close()
    this.life = undefined
  }

  async close(): Promise<void> {
    await this.stop()
    for (const way of this.ways) await way.close()
  }

  private alive(): Life {
    if (!this.life) throw new Error(`${this.name} is not open`)
    return this.life
  }

  private watch({ session }: Snapshotted, writes: readonly Write[]): void {
    for (const write of writes) {
      if (write.table !== 'jobs' || write.row.state !== 'running') continue
      const { n, mark, trigger } = write.row
      // At the hard threshold a turn would not fit otherwise.
      if (n !== (session?.lastJob ?? 0) + 1 || trigger === 'hard') continue
      const confirmed = session?.sync?.confirmed ?? Infinity
      if (mark > confirmed) this.early.push(`job ${n} of ${write.row.session} covers ${mark}`)
    }
  }
}
