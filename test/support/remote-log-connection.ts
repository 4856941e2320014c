import type {
  Appended,
  Committed,
  Following,
  OutgoingEntry,
  RemoteBatch,
  RemoteEntry,
} from '../../src/core/ports/remote-log.ts'
import { ModelFollowing } from './remote-log-following.ts'
import type { ModelledConnection, ModelServer } from './remote-log-model.ts'
import type { Steps } from './step-queue.ts'

interface Write {
  readonly label: string
  readonly make: () => Committed
  readonly answer: (outcome: Committed) => void
}

/** One device's connection to the model of a remote log. */
export class ModelConnection implements ModelledConnection {
  /** The newest position that this connection was told of by answers to its writes. */
  told = 0
  readonly server: ModelServer
  readonly steps: Steps
  private isUp = true
  private isClosed = false
  /** Counts connections, so that what belongs to an earlier one is known. */
  private connections = 1
  private underWay: Write[] = []
  /** Which entries the copy lacks that is read from; undefined for a sound one. */
  private holes: Map<number, boolean> | undefined
  private readonly followings = new Set<ModelFollowing>()

  constructor(server: ModelServer, steps: Steps) {
    this.server = server
    this.steps = steps
    this.chooseCopy()
  }

  isConnected(): boolean {
    return this.isUp && !this.isClosed
  }

  follow(after: number, take: (batch: RemoteBatch) => Promise<void>): Following {
    const following = new ModelFollowing(this, after, take)
    this.followings.add(following)
    void following.ended.then(() => this.followings.delete(following))
    if (this.isClosed) following.stop()
    else following.look()
    return following
  }

  append(entry: OutgoingEntry): Promise<Appended> {
    return this.write(`append ${entry.id}`, () => this.server.append(entry)) as Promise<Appended>
  }

  commit(entries: readonly OutgoingEntry[], expected: number): Promise<Committed> {
    const label = `commit ${entries.at(-1)?.id ?? ''}`
    return this.write(label, () => this.server.commit(entries, expected))
  }

  async close(): Promise<void> {
    this.isClosed = true
    for (const following of [...this.followings]) following.stop()
    this.breakOff('the connection was closed')
  }

  cut(): void {
    this.isUp = false
    this.breakOff('the connection broke')
  }

  heal(): void {
    if (this.isUp) return
    this.isUp = true
    this.connections += 1
    this.chooseCopy()
    this.lookAgain()
  }

  /** Breaks off by the seed's choice; a later step connects again. */
  mayBreak(): boolean {
    if (!this.isConnected() || !this.server.random.chance(this.server.faults().cuts)) return false
    this.cut()
    this.steps.schedule('connect again', () => this.heal())
    return true
  }

  /** Whether an entry can be read. */
  shows(entry: RemoteEntry): boolean {
    const { holes, server } = this
    if (!holes || server.faults().holes === 0) return true
    const isHole = holes.get(entry.position) ?? server.isHole(entry, (at) => holes.get(at) === true)
    holes.set(entry.position, isHole)
    return !isHole
  }

  private chooseCopy(): void {
    const { holes } = this.server.faults()
    this.holes = holes > 0 && this.server.random.chance(holes) ? new Map() : undefined
  }

  private write(label: string, make: Write['make']): Promise<Committed> {
    return new Promise((answer) => {
      if (!this.isConnected()) {
        answer({ kind: 'unsure', reason: 'there is no connection' })
        return
      }
      this.underWay.push({ label, make, answer })
      const { connections } = this
      this.steps.schedule(label, () => {
        if (connections === this.connections) this.arrive()
      })
    })
  }

  /** The oldest write that is under way reaches the server, or something happens to it. */
  private arrive(): void {
    const { random } = this.server
    const { lostWrites, lateWrites, lostAnswers } = this.server.faults()
    if (this.underWay.length === 0 || this.mayBreak()) return
    const write = this.underWay.shift()
    if (!write) return
    if (random.chance(lostWrites)) {
      this.giveUp(write)
    } else if (random.chance(lateWrites)) {
      this.giveUp(write)
      this.steps.schedule(`late ${write.label}`, () => void write.make())
    } else {
      this.finish(write, random.chance(lostAnswers))
    }
  }

  private finish(write: Write, isLost: boolean): void {
    const outcome = write.make()
    if (isLost) {
      this.giveUp(write)
      return
    }
    this.steps.schedule(`answer ${write.label}`, () => {
      // What it says counts even where the connection broke since: it was on the way already.
      if (outcome.kind === 'stored') this.told = Math.max(this.told, outcome.position)
      write.answer(outcome)
    })
  }

  private giveUp({ label, answer }: Write): void {
    this.steps.schedule(`no answer to ${label}`, () => {
      answer({ kind: 'unsure', reason: 'no answer came' })
      this.lookAgain()
    })
  }

  /** Whoever waited for an answer is unsure; what was under way is made or not. */
  private breakOff(reason: string): void {
    const broken = this.underWay
    this.underWay = []
    for (const write of broken) {
      if (this.server.random.chance(0.5)) write.make()
      write.answer({ kind: 'unsure', reason })
    }
  }

  /** What is there has to be found anew, and it is said anew that it was. */
  private lookAgain(): void {
    for (const following of this.followings) following.look()
  }
}
