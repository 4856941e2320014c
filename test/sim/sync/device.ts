import { messageCodec } from '../../../src/adapters/message-codec.ts'
import type { LogOrigin } from '../../../src/core/sync/log-origin.ts'
import type { Lease } from '../../../src/core/ports/leases.ts'
import type { Notice } from '../../../src/core/ports/notices.ts'
import type { SessionStore, Snapshotted, Write } from '../../../src/core/ports/session-store.ts'
import type { SessionEvent } from '../../../src/protocol/events.ts'
import { createDigester } from '../../../src/engine/digester.ts'
import { createEngine, type Engine } from '../../../src/engine/engine.ts'
import { createExaminer } from '../../../src/engine/examiner.ts'
import { createSearcher } from '../../../src/engine/searcher.ts'
import {
  createJournalMemory,
  createMemorySyncJournal,
  type JournalMemory,
} from '../../../src/store/memory-sync-journal.ts'
import { createMemoryRows, createMemoryStore } from '../../../src/store/memory-store.ts'
import type { ClaimSignal } from '../../../src/sync/claim-bus.ts'
import { createPlainSealer } from '../../../src/sync/plain-sealer.ts'
import type { ConnectionState } from '../../../src/sync/remote-connection.ts'
import type { SyncRunner } from '../../../src/sync/sync-runner.ts'
import { startSync, type StartedSync } from '../../../src/sync/start-sync.ts'
import { createWebLockLeases } from '../../../src/tabs/web-lock-leases.ts'
import { plainCompressor, tokeniser } from '../world/cheap-ports.ts'
import { OriginLocks } from '../world/lock-manager.ts'
import { virtualClock } from '../world/origin.ts'
import type { Tab, Thread, World } from '../world/world.ts'
import type { ModelledConnection, RemoteLogModel } from '../../support/remote-log-model.ts'

/** What is told of everything that a device writes. */
export type WatchCommit = (read: Snapshotted, writes: readonly Write[]) => void

/** One browser: what it stores outlives its tabs, of which one syncs for all. */
export class Device {
  readonly name: string
  readonly world: World
  readonly store: SessionStore
  readonly tabs: DeviceTab[] = []
  readonly locks: OriginLocks
  readonly server: RemoteLogModel
  journal: JournalMemory = createJournalMemory()
  space = 'home'
  readonly listeners: Map<Thread, (notice: Notice) => void> = new Map()
  readonly claimListeners: Map<Thread, (signal: ClaimSignal) => void> = new Map()
  readonly changes: Map<Thread, (session: string) => void> = new Map()
  private readonly watch: WatchCommit
  private opened = 0

  constructor(world: World, server: RemoteLogModel, name: string, watch: WatchCommit) {
    this.world = world
    this.server = server
    this.name = name
    this.watch = watch
    this.store = createMemoryStore(createMemoryRows())
    this.locks = new OriginLocks(world)
  }

  origin(): LogOrigin {
    return { space: this.space, incarnation: this.server.incarnation() }
  }

  openTab(): DeviceTab {
    this.opened += 1
    const tab = new DeviceTab(this, `${this.name}.${this.opened}`)
    this.tabs.push(tab)
    return tab
  }

  living(): readonly DeviceTab[] {
    return this.tabs.filter(({ tab }) => tab.alive)
  }

  kill(tab: DeviceTab): void {
    tab.connection?.cut()
    this.world.killTab(tab.tab)
  }

  /** Every call is a step of its own, between which a tab may die. */
  stepped(thread: Thread): SessionStore {
    const { world, store } = this
    const stepped = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
      await world.step(thread, label)
      return work()
    }
    return {
      ...store,
      read: (query) => stepped('read', () => store.read(query)),
      commit: (query, decide) =>
        stepped('commit', () =>
          store.commit(query, (read) => {
            const decision = decide(read)
            this.watch(read, decision.writes)
            return decision
          }),
        ),
      put: (rows, birth) => stepped('put', () => store.put(rows, birth)),
      remove: (session, onGone, isMeant) =>
        stepped('remove', () => store.remove(session, onGone, isMeant)),
      listSessions: () => stepped('list', () => store.listSessions()),
      close: async () => {},
    }
  }
}

/** One tab of a device: the real engine over the real sync. */
export class DeviceTab {
  readonly tab: Tab
  readonly thread: Thread
  readonly device: Device
  readonly engine: Engine
  readonly sync: StartedSync
  readonly events: SessionEvent[] = []
  connection: ModelledConnection | undefined
  private report: (state: ConnectionState) => void = () => {}
  /** Of the tab that syncs. */
  runner: SyncRunner | undefined

  constructor(device: Device, name: string) {
    const { world } = device
    this.device = device
    this.tab = world.openTab(name)
    this.thread = world.startThread(this.tab, name)
    const { thread } = this
    const clock = virtualClock(world, thread)
    const random = { id: () => world.issueId() }
    const locks = device.locks.manager(thread)
    const plain = device.stepped(thread)
    this.sync = startSync({
      store: plain,
      leases: createWebLockLeases(locks, 'db'),
      notices: hub(world, thread, device.listeners, 'hears'),
      clock,
      random,
      spread: () => world.random.next(),
      journal: this.journal(),
      channel: hub(world, thread, device.claimListeners, 'claims'),
    })
    const store = this.sync.store
    const searcher = createSearcher(store, tokeniser)
    const digester = createDigester({ store: device.store, tokeniser, compressor: plainCompressor })
    this.engine = createEngine(
      {
        ...this.sync,
        sharing: { isActive: () => true },
        store,
        clock,
        random,
        tokeniser,
        compressor: plainCompressor,
        codec: messageCodec,
        digester,
        searcher,
        examiner: createExaminer(store, searcher),
      },
      (signal) => {
        if (signal.kind === 'event') this.events.push(signal.event)
      },
    )
    this.sync.watchChanges((session) => {
      for (const [other, changed] of device.changes) {
        if (other !== thread) world.schedule(other, 'hears of a change', () => changed(session))
      }
    })
    thread.endings.add(() => device.changes.delete(thread))
    void locks.request('sync', {}, () => this.lead())
  }

  /** The connection that broke is there again, to whatever the server's log is by then. */
  reconnect(): void {
    this.report({ kind: 'up', origin: this.device.origin() })
    this.connection?.heal()
  }

  /** Asks for the lease of a session, and tells what became of that. */
  acquire(session: string): { lease: Lease | undefined; isLost: boolean } {
    const asked: { lease: Lease | undefined; isLost: boolean } = { lease: undefined, isLost: false }
    const never = new AbortController().signal
    void this.sync.leases.acquire(session, never).then((lease) => {
      asked.lease = lease
      void lease.lost.then(() => {
        asked.isLost = true
      })
    })
    return asked
  }

  private async lead(): Promise<void> {
    const { device, thread } = this
    this.runner = await this.sync.run({
      deviceName: device.name,
      connect: async (_credentials, report) => {
        await device.world.step(thread, 'connect')
        this.report = report
        this.connection = device.server.connect({
          schedule: (label, run) => void device.world.schedule(thread, label, run),
        })
        return {
          kind: 'connected',
          log: this.connection,
          sealer: createPlainSealer(),
          origin: device.origin(),
        }
      },
      onChanged: (listener) => device.changes.set(thread, listener),
    })
    // Until the tab dies.
    await new Promise<void>(() => {})
  }

  private journal(): ReturnType<typeof createMemorySyncJournal> {
    const { device, thread } = this
    const step = (label: string): Promise<void> => device.world.step(thread, label)
    // Whoever begins anew has lost what was remembered; who is at work goes on with what it knows.
    const now = (): ReturnType<typeof createMemorySyncJournal> =>
      createMemorySyncJournal(device.journal)
    return {
      read: () => step('read journal').then(() => now().read()),
      write: (state) => step('write journal').then(() => now().write(state)),
      departures: () => step('read departures').then(() => now().departures()),
      putDeparture: (one) => step('put departure').then(() => now().putDeparture(one)),
      dropDeparture: (id) => step('drop departure').then(() => now().dropDeparture(id)),
      deletions: () => step('read deletions').then(() => now().deletions()),
      putDeletion: (one) => step('put deletion').then(() => now().putDeletion(one)),
      dropDeletions: () => step('drop deletions').then(() => now().dropDeletions()),
      keyringPin: (space) => now().keyringPin(space),
      putKeyringPin: (space, pin) => now().putKeyringPin(space, pin),
      close: async () => {},
    }
  }
}

/** A channel between the tabs of a device, each message a step of whoever hears it. */
function hub<T extends { readonly kind: string }>(
  world: World,
  own: Thread,
  listeners: Map<Thread, (message: T) => void>,
  verb: string,
): { post(message: T): void; listen(listener: (message: T) => void): () => void; close(): void } {
  const mine = new Set<(message: T) => void>()
  listeners.set(own, (message) => {
    for (const listener of [...mine]) listener(message)
  })
  own.endings.add(() => listeners.delete(own))
  return {
    post(message) {
      if (!own.alive) return
      for (const [thread, hear] of listeners) {
        if (thread !== own) world.schedule(thread, `${verb} ${message.kind}`, () => hear(message))
      }
    },
    listen(listener) {
      mine.add(listener)
      return () => mine.delete(listener)
    },
    close: () => mine.clear(),
  }
}
