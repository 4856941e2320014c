import type { NatsConnection } from '@nats-io/nats-core'
import { failureText } from '../../engine/failure-text.ts'
import type { SyncCredentials } from '../../protocol/sync.ts'
import { ensureStream } from './ensure-stream.ts'
import type { NatsOptions, NatsState } from './nats-options.ts'
import { chooseInbox, ConnectError, openConnection } from './open-connection.ts'
import { pause, restAfter } from './pause.ts'
import { sessionFilter } from './space-subjects.ts'

/** One connection, on which the stream was found as it has to be. */
export interface Connected {
  readonly connection: NatsConnection
  readonly inbox: string
  readonly hasBatches: boolean
  /** Of the stream, when the connection was made. */
  readonly incarnation: string | undefined
  /** Resolves once it has ended, whatever the reason. */
  readonly gone: Promise<unknown>
}

type Tried =
  { readonly kind: 'up'; readonly connected: Connected; readonly state: NatsState } | NatsState

const DEFAULT_PATIENCE_MS = 8_000
const DEFAULT_REST_MS = 250
/** A connection that lived as long as this was a good one: the next failure is the first. */
const GOOD_AFTER_MS = 10_000

/** Keeps one connection to the server, for ever: where it ends, another is made, after a while. */
export class NatsLink {
  readonly stream: string
  readonly space: string
  readonly timeoutMs: number
  /** What is followed; all of the space where it is missing. */
  readonly filter: string | undefined
  readonly restMs: number
  private readonly options: NatsOptions
  private readonly onState: (state: NatsState) => void
  private readonly waiting = new Set<(connected: Connected | undefined) => void>()
  private readonly closing = new AbortController()
  private credentials: SyncCredentials | undefined
  private now: NatsState = { kind: 'connecting' }
  /** What it is but for complaints. */
  private calm: NatsState = { kind: 'connecting' }
  private connected: Connected | undefined
  private resting = new AbortController()
  private failures = 0

  constructor(options: NatsOptions, onState: (state: NatsState) => void) {
    this.options = options
    this.onState = onState
    this.credentials = options.credentials
    this.stream = options.stream ?? 'BF'
    this.space = options.space
    this.filter =
      options.session === undefined ? undefined : sessionFilter(options.space, options.session)
    this.timeoutMs = options.patienceMs ?? DEFAULT_PATIENCE_MS
    this.restMs = options.restMs ?? DEFAULT_REST_MS
    void this.run()
  }

  state(): NatsState {
    return this.now
  }

  isClosed(): boolean {
    return this.closing.signal.aborted
  }

  /** The connection, if there is one now. */
  current(): Connected | undefined {
    return this.connected
  }

  /** Waits for a connection; undefined once it was closed. */
  wait(): Promise<Connected | undefined> {
    if (this.connected || this.isClosed()) return Promise.resolve(this.connected)
    return new Promise((resolve) => void this.waiting.add(resolve))
  }

  renew(credentials: SyncCredentials): void {
    this.credentials = credentials
    this.retry()
  }

  retry(): void {
    this.failures = 0
    this.resting.abort()
  }

  /** Ends a connection that no answer comes through any more. */
  suspect(connected: Connected): void {
    if (this.connected === connected) this.drop(connected)
    void connected.connection.close().catch(() => undefined)
  }

  /** Says what is wrong with the server although the connection is good; undefined once that is over. */
  complain(reason: string | undefined): void {
    if (!this.connected) return
    this.tell(reason === undefined ? this.calm : { kind: 'refused', reason })
  }

  async close(): Promise<void> {
    if (this.isClosed()) return
    this.closing.abort()
    this.resting.abort()
    const { connected } = this
    if (connected) this.drop(connected)
    for (const go of this.waiting) go(undefined)
    this.waiting.clear()
    this.tell({ kind: 'closed' })
    const ended = connected?.connection.close().catch(() => undefined)
    // A socket that takes nothing any more would be waited for without end.
    await Promise.race([ended, pause(1_000, new AbortController().signal)])
  }

  private async run(): Promise<void> {
    while (!this.isClosed()) {
      const tried = await this.try()
      if (tried.kind === 'up') await this.live(tried.connected, tried.state)
      else this.fail(tried)
      await this.rest()
    }
  }

  private async live(connected: Connected, state: NatsState): Promise<void> {
    if (this.isClosed()) {
      void connected.connection.close().catch(() => undefined)
      return
    }
    this.connected = connected
    this.calm = state
    this.tell(state)
    for (const go of this.waiting) go(connected)
    this.waiting.clear()
    const good = setTimeout(() => {
      this.failures = 0
    }, GOOD_AFTER_MS)
    const why = await connected.gone
    clearTimeout(good)
    this.drop(connected)
    this.failures += 1
    if (this.isClosed()) return
    this.tell({
      kind: 'offline',
      reason: why instanceof Error ? why.message : 'The connection broke.',
    })
  }

  private drop(connected: Connected): void {
    if (this.connected === connected) this.connected = undefined
  }

  private fail(state: NatsState): void {
    this.failures += 1
    if (!this.isClosed()) this.tell(state)
  }

  private async rest(): Promise<void> {
    if (this.isClosed()) return
    this.resting = new AbortController()
    await pause(restAfter(this.failures, this.restMs, Math.random()), this.resting.signal)
  }

  private async try(): Promise<Tried> {
    const { credentials, timeoutMs, space, stream } = this
    const inbox = this.options.inboxPrefix ?? chooseInbox(credentials)
    const { servers, transport } = this.options
    let connection: NatsConnection
    try {
      connection = await openConnection({ servers, inbox, timeoutMs, credentials, transport })
    } catch (failure) {
      if (failure instanceof ConnectError) return failure.verdict
      return { kind: 'offline', reason: failureText(failure) }
    }
    const gone = connection.closed()
    const ensured = await ensureStream(connection, { stream, space, timeoutMs })
    const version = connection.info?.version ?? 'unknown'
    if (ensured.kind === 'ready') {
      const { hasBatches, warning, incarnation } = ensured
      const state = {
        kind: 'online',
        version,
        ...(warning !== undefined && { warning }),
        ...(incarnation !== undefined && { incarnation }),
      } as const
      return { kind: 'up', connected: { connection, inbox, hasBatches, incarnation, gone }, state }
    }
    void connection.close().catch(() => undefined)
    const { reason } = ensured
    return ensured.kind === 'refused'
      ? { kind: 'refused', reason, version }
      : { kind: 'offline', reason }
  }

  private tell(state: NatsState): void {
    if (JSON.stringify(state) === JSON.stringify(this.now)) return
    this.now = state
    this.onState(state)
  }
}
