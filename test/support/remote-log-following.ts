import type { Following, RemoteBatch, RemoteEntry } from '../../src/core/ports/remote-log.ts'
import type { ModelConnection } from './remote-log-connection.ts'

/** Delivers batches of random sizes, one at a time, from what the model's server has or from a copy that is behind. */
export class ModelFollowing implements Following {
  readonly ended: Promise<void>
  private readonly connection: ModelConnection
  private readonly take: (batch: RemoteBatch) => Promise<void>
  private readonly unwatch: () => void
  private end: () => void = () => undefined
  private last: number
  private isTaking = false
  private isScheduled = false
  private isStopped = false
  /** Whether it has to be said anew that all was delivered. */
  private owesWord = true

  constructor(
    connection: ModelConnection,
    after: number,
    take: (batch: RemoteBatch) => Promise<void>,
  ) {
    this.connection = connection
    this.take = take
    this.last = after
    this.ended = new Promise((resolve) => {
      this.end = resolve
    })
    this.unwatch = connection.server.watch(() => this.wake())
  }

  stop(): void {
    this.isStopped = true
    this.unwatch()
    if (!this.isTaking) this.end()
  }

  look(): void {
    this.owesWord = true
    this.wake()
  }

  private wake(): void {
    if (this.isScheduled || this.isTaking || this.isStopped) return
    this.isScheduled = true
    this.connection.steps.schedule('deliver', () => {
      this.isScheduled = false
      void this.deliver()
    })
  }

  private async deliver(): Promise<void> {
    const { connection } = this
    if (this.isStopped || this.isTaking || connection.mayBreak() || !connection.isConnected())
      return
    const batch = this.read()
    if (batch.entries.length === 0 && !(batch.isCaughtUp && this.owesWord)) {
      if (this.owesWord || this.last < connection.server.newest()) this.wake()
      return
    }
    if (batch.isCaughtUp) this.owesWord = false
    this.isTaking = true
    const isTaken = await this.take(batch).then(
      () => true,
      () => false,
    )
    this.isTaking = false
    if (!isTaken) this.stop()
    if (this.isStopped) this.end()
    else if (this.owesWord || this.last < connection.server.newest()) this.wake()
  }

  /** What one look at the server, or at a copy that is behind, gives. */
  private read(): RemoteBatch {
    const { server, told } = this.connection
    const newest = server.newest()
    const least = Math.max(this.last, told)
    const isStale = newest > least && server.random.chance(server.faults().staleReads)
    const visible = isStale ? least + server.random.below(newest - least) : newest
    const stored: readonly RemoteEntry[] = server.read(this.last, visible)
    const there = stored.filter((entry) => this.connection.shows(entry))
    const entries = there.slice(0, 1 + server.random.below(8))
    const isCaughtUp = entries.length === there.length
    // What was lost takes a position and never comes.
    this.last = isCaughtUp ? Math.max(this.last, visible) : (entries.at(-1)?.position ?? this.last)
    return { entries, isCaughtUp }
  }
}
