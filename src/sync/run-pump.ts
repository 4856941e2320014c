import { BackfoldError } from '../core/backfold-error.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Notices } from '../core/ports/notices.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { JournalState, SyncJournal } from '../core/ports/sync-journal.ts'
import type { LogOrigin } from '../core/sync/log-origin.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import { pendingOf } from '../core/sync/pending-of.ts'
import { failureText } from '../engine/failure-text.ts'
import type { SyncCredentials, SyncStatus } from '../protocol/sync.ts'
import type { ClaimChannel } from './claim-bus.ts'
import { beginAnew } from './begin-anew.ts'
import { createClaimKeeper, type ClaimKeeper } from './claim-keeper.ts'
import { createDepartures, type Departures } from './departures.ts'
import { createFoldOffers, type FoldOffers } from './fleet/fold-offers.ts'
import { createFlusher, type Flusher } from './flusher.ts'
import { createHoleWatch, type HoleWatch } from './hole-watch.ts'
import { createLateSealer } from './late-sealer.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createTokens } from './open-entries.ts'
import { createPump, type Pump } from './pump.ts'
import type { ConnectRemote, RemoteConnection } from './remote-connection.ts'
import { createStatusBoard, type StatusBoard } from './status-board.ts'
import type { SyncRunner } from './sync-runner.ts'
import { createTaker, takeSessionAnew, type TakerPorts } from './taker.ts'
import { createTimers, type Timers } from './timers.ts'

export interface RunPumpPorts {
  /** Without marks: what is taken in is not to be sent. */
  readonly store: SessionStore
  readonly journal: SyncJournal
  readonly notices: Pick<Notices, 'post'>
  readonly clock: Clock
  readonly connect: ConnectRemote
  readonly bus: Pick<ClaimChannel, 'post' | 'listen'>
  readonly deviceName: string
  newId(): string
  /** From 0 to 1, at random. */
  spread(): number
}

/** The pump of one browser, with all that belongs to it. */
export interface RunningPump {
  /** A session was written, or is gone where there is no row. */
  changed(session: string, row: SessionRow | undefined): void
  readonly runner: SyncRunner
}

/** An entry that is never taken in is sent again after so many milliseconds: servers forget ids by then. */
const FORGIVE_MS = 11 * 60_000

/** A store that fails while all is begun anew is tried again after so many milliseconds. */
const TRY_AGAIN_MS = 5_000

/** Puts the pump together and starts it; and anew, where the log becomes another one. */
export async function runPump(ports: RunPumpPorts): Promise<RunningPump> {
  const { clock, journal } = ports
  const watchers = new Set<(status: SyncStatus) => void>()
  const board = createStatusBoard(
    () => clock.now(),
    (status) => {
      for (const watcher of [...watchers]) watcher(status)
    },
  )
  const timers = createTimers(clock)
  let isClosed = false
  let credentials: SyncCredentials | undefined
  let parts = await start()

  async function start(): Promise<PumpParts> {
    const state = await openJournal(journal, ports.newId)
    const fresh: PumpParts = new PumpParts(
      ports,
      state,
      board,
      (origin) => void replace(fresh, { device: state.device, cursor: 0, origin }),
    )
    if (credentials) fresh.renew(credentials)
    await fresh.begin()
    return fresh
  }

  async function replace(before: PumpParts, state: JournalState): Promise<void> {
    try {
      await before.close()
      await beginAnew(ports, state)
      if (!isClosed) parts = await start()
      if (isClosed) await parts.close()
    } catch (failure) {
      board.fail(failureText(failure))
      if (!isClosed) timers.start('again', TRY_AGAIN_MS, () => void replace(before, state))
    }
  }

  return {
    changed: (session, row) => parts.written(session, row),
    runner: {
      status: () => board.status(),
      watch(listener) {
        watchers.add(listener)
        return () => watchers.delete(listener)
      },
      retry: () => parts.retry(),
      renew(newer) {
        credentials = newer
        parts.renew(newer)
      },
      removeDevice: (id, passphrase) => parts.removeDevice(id, passphrase),
      skipMissing: (session) => parts.skipMissing(session),
      async close() {
        isClosed = true
        timers.stopAll()
        await parts.close()
      },
    },
  }
}

/** Everything that belongs to one pump, which all know of each other by this alone. */
class PumpParts {
  private readonly board: StatusBoard
  private readonly ports: RunPumpPorts
  private readonly state: JournalState
  private readonly device: string
  private readonly onOtherLog: (origin: LogOrigin) => void
  private readonly timers: Timers
  private readonly sealer = createLateSealer()
  private readonly tokens = createTokens(this.sealer)
  private readonly ledger: Ledger
  private readonly departures: Departures
  private readonly flusher: Flusher
  private readonly claims: ClaimKeeper
  private readonly holes: HoleWatch
  private readonly offers: FoldOffers
  private pump: Pump | undefined
  private connection: RemoteConnection | undefined
  private credentials: SyncCredentials | undefined
  private stopWatching: (() => void) | undefined
  private ignored = 0

  constructor(
    ports: RunPumpPorts,
    state: JournalState,
    board: StatusBoard,
    onOtherLog: (origin: LogOrigin) => void,
  ) {
    const { clock, deviceName: name } = ports
    const { device } = state
    this.ports = ports
    this.state = state
    this.device = device
    this.board = board
    this.onOtherLog = onOtherLog
    this.timers = createTimers(clock)
    this.board.set({ device: { id: device, name } })
    this.ledger = createLedger(() => this.tally())
    this.departures = createDepartures({ ...ports, now: () => clock.now() })
    this.flusher = this.createFlusher()
    this.claims = createClaimKeeper({
      ...ports,
      device,
      name,
      sealer: this.sealer,
      tokens: this.tokens,
      onUnsure: () => this.pump?.lookAgain(),
      onStanding: () => this.tally(),
    })
    this.offers = createFoldOffers({
      clock,
      offer: () => (this.board.status().phase === 'online' ? this.connection?.offer : undefined),
      onRefused: (detail) => this.board.fail(detail),
    })
    this.holes = createHoleWatch({
      ...ports,
      device,
      say: (record) => this.flusher.say(record),
      takeAnew: (session, entries) => takeSessionAnew(this.takerPorts(), session, entries),
    })
  }

  async begin(): Promise<void> {
    const { ports, state, flusher, claims, holes, departures, board, onOtherLog } = this
    for (const row of await ports.store.listSessions()) {
      holes.heard(row.id, row, [])
      this.changed(row.id, row)
    }
    const take = createTaker(this.takerPorts())
    this.pump = createPump({
      ...ports,
      ...{ state, flusher, claims, holes, departures, board, onOtherLog },
      connect: (report) => ports.connect(this.credentials, report),
      useConnection: (connection) => this.useConnection(connection),
      take: async (entries) => {
        await this.connection?.look?.(entries)
        await take(entries)
      },
    })
  }

  /** Something was written here, in this tab or in another one. */
  written(session: string, row: SessionRow | undefined): void {
    if (row) {
      this.changed(session, row)
      return
    }
    // Whoever removed it has written down that it is to be told.
    this.departures.refresh().then(
      () => this.changed(session, undefined),
      () => {},
    )
  }

  retry(): void {
    this.connection?.retry?.()
    this.pump?.retry()
  }

  renew(credentials: SyncCredentials): void {
    this.credentials = credentials
    this.connection?.renew?.(credentials)
    this.pump?.retry()
  }

  async removeDevice(device: string, passphrase?: string): Promise<void> {
    const devices = this.connection?.devices
    if (!devices) throw new BackfoldError('INVALID_INPUT', NO_DEVICES)
    await devices.remove(device, passphrase)
  }

  async skipMissing(session: string): Promise<void> {
    const skipped = await this.holes.skip(session)
    if (skipped === 'unsaid') throw new BackfoldError('TIMED_OUT', NOT_SAID)
    if (skipped === 'nothing') throw new BackfoldError('INVALID_INPUT', NOTHING_MISSING)
  }

  async close(): Promise<void> {
    this.claims.close()
    this.timers.stopAll()
    this.stopWatching?.()
    await this.pump?.close()
  }

  private createFlusher(): Flusher {
    const { board, timers } = this
    return createFlusher({
      ...this.ports,
      device: this.device,
      sealer: this.sealer,
      tokens: this.tokens,
      departures: this.departures,
      onRow: (row) => this.know(row),
      onUnsure: () => this.pump?.lookAgain(),
      onOutOfStep: () => this.pump?.readAll(),
      onRefused: ({ reason, detail }) => {
        board.fail(detail)
        if (reason !== 'too-large') this.pump?.rest()
      },
      onStuck: () => timers.start('forgive', FORGIVE_MS, () => this.flusher.forgive()),
      onFailed: (failure) => {
        board.fail(failureText(failure))
        this.pump?.rest()
      },
    })
  }

  private takerPorts(): TakerPorts {
    const { ports, board, holes } = this
    return {
      ...ports,
      device: this.device,
      sealer: this.sealer,
      tokens: this.tokens,
      departures: this.departures,
      now: () => ports.clock.now(),
      onTaken: (session, row, entries) => {
        holes.heard(session, row, entries)
        this.changed(session, row)
      },
      onIgnored: (count) => board.set({ ignored: (this.ignored += count) }),
    }
  }

  private know(row: SessionRow): void {
    this.ledger.know(row)
    this.claims.know(row)
  }

  private changed(session: string, row: SessionRow | undefined): void {
    if (row) this.know(row)
    else {
      this.ledger.forget(session)
      this.claims.forget(session)
    }
    if (!row?.sync || pendingOf(row) > 0) this.flusher.mark(session)
    if (row) this.offers.look(row)
  }

  private tally(): void {
    const elsewhere = this.ledger.claims(this.device)
    const live = elsewhere.filter(({ session }) => this.claims.isLive(session))
    const jobsElsewhere = live.map(({ session, claim }) => ({ session, device: claim.name }))
    this.board.set({ ...this.ledger.totals(), jobsElsewhere })
  }

  private async useConnection(connection: RemoteConnection): Promise<void> {
    const { board, tokens } = this
    const { devices } = connection
    this.connection = connection
    this.stopWatching?.()
    const list = (): void => board.set({ devices: devices?.list() ?? [] })
    this.stopWatching = devices?.watch(list)
    list()
    this.sealer.use(connection.sealer)
    tokens.forget()
    // What others say of them is known by its place, also where it can't be read.
    for (const { id } of await this.ports.store.listSessions()) await tokens.of(id)
  }
}

const NO_DEVICES = 'the devices of this space are not known here, so that none can be removed'

const NOT_SAID = 'it could not be said to the other devices now'
const NOTHING_MISSING = 'nothing is known to be missing of that session'

/** Who this device is, and how far it has read; one that has lost its journal is another device. */
async function openJournal(journal: SyncJournal, newId: () => string): Promise<JournalState> {
  const known = await journal.read()
  if (known) return known
  const fresh = { device: newId(), cursor: 0 }
  await journal.write(fresh)
  return fresh
}
