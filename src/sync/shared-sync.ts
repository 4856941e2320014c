import { BackfoldError } from '../core/backfold-error.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Place } from '../core/ports/gate-places.ts'
import type { Random } from '../core/ports/random.ts'
import { fromReply, toReply, type Reply } from '../protocol/reply.ts'
import { SYNC_OFF, type SyncStatus } from '../protocol/sync.ts'
import type { SyncSetup, SyncSteering } from '../protocol/sync-desk.ts'
import type { SyncCommand, SyncNotice, SyncNotices } from './sync-notices.ts'
import type { SyncRunner } from './sync-runner.ts'

export interface SharedSyncPorts {
  /** Resolves once this tab is the one that synchronises, until it releases the place. Undefined if it was not to be. */
  readonly takePlace: (signal: AbortSignal) => Promise<Place | undefined>
  readonly notices: SyncNotices
  readonly random: Random
  readonly clock: Clock
  /**
   * Begins to follow and to send.
   *
   * @param onChanged - Takes what is called with every session of which another tab wrote something.
   */
  readonly run: (
    setup: SyncSetup,
    onChanged: (listener: (session: string) => void) => void,
  ) => Promise<SyncRunner>
}

/** Sync as every tab has it, whichever of them does the work. */
export interface SharedSync extends SyncSteering {
  /** Something of the session was written in this tab. */
  changed(session: string): void
}

/** Answers that are remembered, so that a command that is said twice is carried out once. */
const MOST_REMEMBERED = 100

interface Asked {
  readonly command: SyncCommand
  readonly settle: (reply: Reply<void>) => void
}

/**
 * One tab of a browser synchronises: the one that holds a lock, which passes to another when that tab is closed or dies.
 * The others are told how it stands, and their commands reach it. What a holder did not answer, the next one is asked.
 *
 * @see SPEC.md rules CSYNC11–CSYNC14
 */
export function createSharedSync(setup: SyncSetup, ports: SharedSyncPorts): SharedSync {
  const sync = new TabsSync(setup, ports)
  return {
    status: () => sync.status(),
    watch: (listener) => sync.watch(listener),
    retry: () => sync.command({ name: 'retry' }),
    renew: (credentials) => sync.command({ name: 'renew', credentials }),
    removeDevice: (device, passphrase) =>
      sync.command({
        name: 'remove-device',
        device,
        ...(passphrase !== undefined && { passphrase }),
      }),
    skipMissing: (session) => sync.command({ name: 'skip-missing', session }),
    changed: (session) => sync.changed(session),
    close: () => sync.close(),
  }
}

class TabsSync {
  private readonly ports: SharedSyncPorts
  private readonly own: string
  private readonly closing = new AbortController()
  private readonly listeners = new Set<() => void>()
  private readonly stopListening: () => void
  private readonly waiting = new Map<string, Asked>()
  private readonly answers = new Map<string, Promise<Reply<void>>>()
  /** Takes what other tabs have changed, once there is something that does. */
  private changes: (session: string) => void = () => {}
  private setup: SyncSetup
  private current: SyncStatus = { ...SYNC_OFF, phase: 'connecting' }
  /** The tab that was the last to say how it stands; none at first. */
  private holder = ''
  private place: Promise<Place | undefined>
  private running: Promise<SyncRunner> | undefined

  constructor(setup: SyncSetup, ports: SharedSyncPorts) {
    this.setup = setup
    this.ports = ports
    this.own = ports.random.id()
    this.stopListening = ports.notices.listen((notice) => this.hear(notice))
    ports.notices.post({ kind: 'asked' })
    this.place = this.takePlace()
  }

  status(): SyncStatus {
    return this.current
  }

  watch(listener: () => void): () => void {
    const own = (): void => listener()
    this.listeners.add(own)
    return () => this.listeners.delete(own)
  }

  async command(command: SyncCommand): Promise<void> {
    if (this.closing.signal.aborted) throw closed()
    this.keep(command)
    if (this.running) {
      fromReply(await this.carryOut(command))
      return
    }
    const id = this.ports.random.id()
    const reply = await new Promise<Reply<void>>((settle) => {
      this.waiting.set(id, { command, settle })
      this.ports.notices.post({ kind: 'command', id, command })
    })
    fromReply(reply)
  }

  changed(session: string): void {
    if (!this.running) this.ports.notices.post({ kind: 'changed', session })
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return
    this.closing.abort(closed())
    this.stopListening()
    this.listeners.clear()
    const error = { code: 'CLOSED', message: closed().message } as const
    for (const { settle } of this.waiting.values()) settle({ ok: false, error })
    this.waiting.clear()
    // What could not be started need not be closed.
    const runner = await this.running?.catch(() => undefined)
    await runner?.close().catch(() => {})
    const place = await this.place
    place?.release()
    this.ports.notices.close()
  }

  private async takePlace(): Promise<Place | undefined> {
    const { signal } = this.closing
    const place = await this.ports.takePlace(signal).catch(() => undefined)
    // It may have been closed while the right was on its way here.
    if (place && !signal.aborted) this.hold()
    return place
  }

  /** From now on this tab is the one. */
  private hold(): void {
    this.start()
    this.set({ ...this.current, phase: 'connecting' })
    for (const [id, { command, settle }] of this.waiting) {
      this.waiting.delete(id)
      void this.carryOut(command).then(settle)
    }
  }

  private start(): void {
    const running = this.ports.run(this.setup, (listener) => (this.changes = listener))
    this.running = running
    running.then(
      (runner) => {
        if (this.closing.signal.aborted) return
        this.set(runner.status())
        runner.watch((status) => this.set(status))
      },
      (failure: unknown) => this.fail(failure),
    )
  }

  private fail(failure: unknown): void {
    const detail = failure instanceof Error ? failure.message : String(failure)
    this.set({
      ...this.current,
      phase: 'refused',
      reason: `Sync could not be started: ${detail}`,
      lastError: { at: this.ports.clock.now(), detail },
    })
  }

  private set(status: SyncStatus): void {
    if (this.closing.signal.aborted) return
    this.show(status)
    this.ports.notices.post({ kind: 'status', from: this.own, status })
  }

  private show(status: SyncStatus): void {
    this.current = status
    for (const listener of [...this.listeners]) listener()
  }

  private hear(notice: SyncNotice): void {
    switch (notice.kind) {
      case 'asked':
        if (this.running) this.set(this.current)
        break
      case 'status':
        if (!this.running) this.follow(notice.from, notice.status)
        break
      case 'changed':
        if (this.running) this.changes(notice.session)
        break
      case 'command':
        this.keep(notice.command)
        if (this.running) void this.answer(notice.id, notice.command)
        break
      case 'passphrase':
        this.seal(notice.passphrase)
        break
      case 'done':
        this.waiting.get(notice.id)?.settle(notice.reply)
        this.waiting.delete(notice.id)
        break
    }
  }

  private follow(from: string, status: SyncStatus): void {
    this.show(status)
    if (this.holder === from) return
    this.holder = from
    // The one before may have died with them.
    for (const [id, { command }] of this.waiting) {
      this.ports.notices.post({ kind: 'command', id, command })
    }
  }

  private async answer(id: string, command: SyncCommand): Promise<void> {
    const known = this.answers.get(id) ?? this.carryOut(command)
    this.answers.set(id, known)
    for (const [oldest] of this.answers) {
      if (this.answers.size <= MOST_REMEMBERED) break
      this.answers.delete(oldest)
    }
    this.ports.notices.post({ kind: 'done', id, reply: await known })
  }

  /** Credentials are every tab's: each may be the one that connects next. */
  private keep(command: SyncCommand): void {
    if (command.name === 'renew') this.setup = { ...this.setup, credentials: command.credentials }
  }

  private carryOut(command: SyncCommand): Promise<Reply<void>> {
    return toReply(async () => {
      const runner = await this.revived(command)
      if (runner && command.name === 'retry') runner.retry()
      if (runner && command.name === 'renew') runner.renew(command.credentials)
      if (!needsRunner(command)) return
      if (!runner) throw new BackfoldError('INTERNAL', 'sync could not be started')
      if (command.name === 'skip-missing') return runner.skipMissing(command.session)
      const { device, passphrase } = command
      await runner.removeDevice(device, passphrase)
      if (passphrase === undefined) return
      this.seal(passphrase)
      this.ports.notices.post({ kind: 'passphrase', passphrase })
    })
  }

  /** Whichever tab connects next opens the space with it. */
  private seal(passphrase: string): void {
    this.setup = { ...this.setup, encrypt: { passphrase } }
  }

  /** What runs. Where it could not be started, it is tried once more by what may have made it possible. */
  private async revived(command: SyncCommand): Promise<SyncRunner | undefined> {
    const former = this.running
    const runner = await former?.catch(() => undefined)
    if (runner || needsRunner(command) || this.closing.signal.aborted) return runner
    if (this.running === former) {
      this.set({ ...this.current, phase: 'connecting' })
      this.start()
    }
    return this.running?.catch(() => undefined)
  }
}

type NeedingRunner = Extract<SyncCommand, { readonly name: 'remove-device' | 'skip-missing' }>

/** Whether it can only be done by what runs, and is to fail where nothing does. */
function needsRunner(command: SyncCommand): command is NeedingRunner {
  return command.name === 'remove-device' || command.name === 'skip-missing'
}

function closed(): BackfoldError {
  return new BackfoldError('CLOSED', 'sync was stopped')
}
