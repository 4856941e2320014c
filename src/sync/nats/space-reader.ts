import type { Msg, Subscription } from '@nats-io/nats-core'
import { createConsumer, deleteConsumer, newSecretName } from './create-consumer.ts'
import type { Connected } from './nats-link.ts'
import { readDelivery } from './read-delivery.ts'

export interface ReaderWish {
  readonly stream: string
  readonly space: string
  readonly filter?: string
  /** The first position. */
  readonly from: number
  readonly timeoutMs: number
  readonly beatMs: number
}

export interface Delivered {
  readonly position: number
  readonly message: Msg
}

/** What was delivered since it was last asked, and whether the server says that this is all. */
export type Read =
  | { readonly kind: 'read'; readonly delivered: readonly Delivered[]; readonly isAll: boolean }
  | { readonly kind: 'broken'; readonly reason: string }

/** So many entries, and bytes, are asked for at once. */
const PULL_ENTRIES = 500
const PULL_BYTES = 4 * 1024 * 1024
/** While no more than that waits to be read, more is asked for: what comes together is written together. */
const MOST_WAITING = 4_000
const MOST_WAITING_BYTES = 4 * 1024 * 1024
/** How many beats a request lasts, and after how many without a word the reader counts as dead. */
const PULL_BEATS = 6
const DEAD_BEATS = 2.5

/** Why there is no reader. */
interface NotOpened {
  readonly kind: 'broken'
  readonly reason: string
  /** No answer came at all. */
  readonly isSilent?: boolean
}

/** Opens a reader on the server; what is wrong where it can't be. */
export async function openReader(
  connected: Connected,
  wish: ReaderWish,
): Promise<SpaceReader | NotOpened> {
  const { connection } = connected
  const { from, ...rest } = wish
  const created = await createConsumer(connection, { ...rest, deliver: from })
  switch (created.kind) {
    case 'answer':
      return new SpaceReader(connected, wish, created.value.name, created.value.num_pending)
    case 'error':
      return { kind: 'broken', reason: created.description }
    case 'silent':
      return { kind: 'broken', reason: created.reason, isSilent: true }
    case 'denied':
      return { kind: 'broken', reason: 'These credentials may not read it.' }
    case 'nobody':
      return { kind: 'broken', reason: 'JetStream is not ready.' }
  }
}

/**
 * One reader on the server, from a position on. It trusts nothing but what it counts itself: a gap in what it was sent, a beat
 * that tells of more than arrived, or silence break it, and whoever reads opens another where it ended.
 */
export class SpaceReader {
  readonly kind = 'reader'
  private readonly connected: Connected
  private readonly wish: ReaderWish
  private readonly name: string
  private readonly inbox: string
  private readonly subscription: Subscription
  private queue: Delivered[] = []
  private waitingBytes = 0
  private pending: number
  private turn = 0
  /** Entries that the server was asked for and did not send yet; 0 where no request is open. */
  private asked = 0
  private pulls = 0
  private broken: string | undefined
  private wake: () => void = () => undefined
  private deadline: ReturnType<typeof setTimeout> | undefined

  constructor(connected: Connected, wish: ReaderWish, name: string, pending: number) {
    this.connected = connected
    this.wish = wish
    this.name = name
    this.pending = pending
    this.inbox = `${connected.inbox}.${newSecretName()}`
    this.subscription = connected.connection.subscribe(`${this.inbox}.*`, {
      callback: (failure, message) => {
        if (failure) this.break(failure.message)
        else this.hear(message)
      },
    })
    void this.subscription.closed.then(() => this.break('the connection ended'))
  }

  /** Whether something was delivered that was not read yet. */
  hasMore(): boolean {
    return this.queue.length > 0
  }

  /** Waits for something to read, unless the server said already that nothing is there. */
  async read(isPatient: boolean): Promise<Read> {
    while (this.broken === undefined && this.queue.length === 0) {
      if (this.pending === 0 && !isPatient) break
      this.pull()
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    if (this.broken !== undefined) return { kind: 'broken', reason: this.broken }
    const delivered = this.queue
    this.queue = []
    this.waitingBytes = 0
    this.pullAhead()
    return { kind: 'read', delivered, isAll: this.pending === 0 }
  }

  /** Ends it. What was delivered and not read is delivered to the next one. */
  break(reason: string): void {
    if (this.broken !== undefined) return
    this.broken = reason
    clearTimeout(this.deadline)
    this.subscription.unsubscribe()
    const { connection } = this.connected
    deleteConsumer(connection, this.wish.stream, this.name)
    this.wake()
  }

  private hear(message: Msg): void {
    const delivery = readDelivery(message, this.wish.stream, this.name)
    if (delivery.kind === 'stranger') return
    this.stayAlive()
    switch (delivery.kind) {
      case 'message':
        if (delivery.turn !== this.turn + 1) {
          this.break('something did not arrive')
          return
        }
        this.turn = delivery.turn
        this.pending = delivery.pending
        this.asked -= 1
        this.queue.push({ position: delivery.position, message })
        this.waitingBytes += message.data.length
        this.pullAhead()
        break
      case 'beat':
        if (delivery.sent !== undefined && delivery.sent > this.turn)
          this.break('the end did not arrive')
        return
      case 'done':
        if (!message.subject.endsWith(`.${this.pulls}`)) return
        this.asked = 0
        this.pullAhead()
        break
      case 'broken':
        this.break(delivery.reason)
    }
    this.wake()
  }

  /** Asks for what is known to be there while whoever reads is still at work on what came before. */
  private pullAhead(): void {
    const isFull = this.queue.length >= MOST_WAITING || this.waitingBytes >= MOST_WAITING_BYTES
    if (this.pending > 0 && !isFull) this.pull()
  }

  private pull(): void {
    if (this.asked > 0) return
    this.asked = PULL_ENTRIES
    this.pulls += 1
    const { stream, beatMs } = this.wish
    const request = {
      batch: PULL_ENTRIES,
      max_bytes: PULL_BYTES,
      expires: PULL_BEATS * beatMs * 1e6,
      idle_heartbeat: beatMs * 1e6,
    }
    this.stayAlive()
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${this.name}`
    this.connected.connection.publish(subject, JSON.stringify(request), {
      reply: `${this.inbox}.${this.pulls}`,
    })
  }

  /** While a request is open the server says something at every beat. */
  private stayAlive(): void {
    clearTimeout(this.deadline)
    if (this.broken !== undefined) return
    this.deadline = setTimeout(() => {
      if (this.asked > 0) this.break('the server says nothing')
    }, this.wish.beatMs * DEAD_BEATS)
  }
}
