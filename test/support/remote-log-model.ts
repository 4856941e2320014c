import type {
  Appended,
  Committed,
  OutgoingEntry,
  RemoteEntry,
  RemoteLog,
  RemotePlace,
} from '../../src/core/ports/remote-log.ts'
import type { SeededRandom } from '../sim/seeded-random.ts'
import { ModelConnection } from './remote-log-connection.ts'
import type { Steps } from './step-queue.ts'

/** How likely each thing goes wrong, from 0 to 1, each time that it could. */
export interface RemoteFaults {
  /** A write never reaches the server; its writer hears that it is unsure. */
  readonly lostWrites: number
  /** A write is made, and its answer gets lost. */
  readonly lostAnswers: number
  /** A write reaches the server only after its writer heard that it is unsure. */
  readonly lateWrites: number
  /** The server no longer knows the id of a write that was made before: it is made twice. */
  readonly doubledWrites: number
  /** The connection breaks where something would be carried; it comes back by a later step. */
  readonly cuts: number
  /** Whoever follows reads from a copy that is behind, but not behind what this connection was told of. */
  readonly staleReads: number
  /** An entry that is none comes behind a write, in the same channel: with no id, and with bytes that say nothing. */
  readonly garbage: number
  /** The server has no room. */
  readonly refusals: number
  /** With a write the server loses an entry that it had said to be stored, one that it may lose. */
  readonly losses: number
  /** A connection reads from a damaged copy, which lacks some of what may be lost, until it is made anew. */
  readonly holes: number
}

export const NO_REMOTE_FAULTS: RemoteFaults = {
  lostWrites: 0,
  lostAnswers: 0,
  lateWrites: 0,
  doubledWrites: 0,
  cuts: 0,
  staleReads: 0,
  garbage: 0,
  refusals: 0,
  losses: 0,
  holes: 0,
}

/** A remote log in memory, as whoever looks at the server sees it. */
export interface RemoteLogModel {
  /** Everything that is stored, in order. */
  readonly entries: readonly RemoteEntry[]
  /** Everything that ever was, lost or not, in order. */
  readonly whole: readonly RemoteEntry[]
  /** Which entries faults may lose besides those that are gone; none by default. May change at any time. */
  mayLose: (entry: RemoteEntry, isGone: (position: number) => boolean) => boolean
  /** May change at any time. */
  faults: RemoteFaults
  /** Connects one device; what it waits for comes as steps, so that they end with the device if it ends. */
  connect(steps: Steps): ModelledConnection
  /** Stores an entry that no connection sent: garbage, if it has no id. Returns its position. */
  inject(place: RemotePlace, bytes: Uint8Array, id?: string): number
  /** Loses what is stored, as a damaged server does; positions are not given again. */
  lose(isLost: (entry: RemoteEntry) => boolean): void
  /**
   * Puts everything back to where it stood at a position, as from a backup: what came behind it is gone, its positions are given
   * again, and it is another incarnation. Every connection breaks.
   */
  putBack(position: number): void
  /** Another one after everything was put back. */
  incarnation(): string
  /** Forgets all ids: every write that is made once more is stored once more. */
  forgetIds(): void
}

/** The connection of one device, which a test may break. */
export interface ModelledConnection extends RemoteLog {
  isConnected(): boolean
  /** Breaks the connection until it is healed: what is under way arrives or does not, and is unsure. */
  cut(): void
  heal(): void
}

/** What a server does with a write, at once: all that is uncertain happens on the way. */
export interface ModelServer {
  readonly random: SeededRandom
  faults(): RemoteFaults
  /** The newest position; 0 for none. */
  newest(): number
  /** Whether a damaged copy lacks an entry. Its id is forgotten then: who says it again is believed. */
  isHole(entry: RemoteEntry, isGone: (position: number) => boolean): boolean
  /** Entries behind a position up to another, in order. */
  read(after: number, through: number): readonly RemoteEntry[]
  append(entry: OutgoingEntry): Appended
  commit(entries: readonly OutgoingEntry[], expected: number): Committed
  /** Calls back whenever something was stored; returns the way to stop. */
  watch(listener: () => void): () => void
}

/**
 * A model of a remote log for simulations: one space, as many devices as are connected, no time of its own.
 *
 * It models what a server and a network do to writers and readers: one order for all with gaps in the positions, the
 * condition of a commit, ids that are known for a while, answers and writes that get lost or come late, connections that
 * break and come back, readers that lag behind, garbage, and entries that the server loses. The writes of one connection
 * arrive in the order in which they were sent unless they come late, and everything that is carried is a step of its own,
 * so that the seed decides what comes first. What stays unsaid is the transport: entries have no parts, credentials do not
 * end, and a batch is stored whole.
 */
export function createRemoteLogModel(
  random: SeededRandom,
  faults: RemoteFaults = NO_REMOTE_FAULTS,
): RemoteLogModel {
  const entries: RemoteEntry[] = []
  const whole: RemoteEntry[] = []
  const known = new Map<string, number>()
  const watchers = new Set<() => void>()
  const connections = new Set<ModelConnection>()
  let newest = 0
  let lives = 1
  const store = ({ token, channel, id, bytes }: OutgoingEntry): number => {
    // Other spaces, and parts of large entries, take positions too.
    newest += random.chance(0.2) ? 1 + random.below(4) : 1
    const entry: RemoteEntry = { token, channel, id, bytes: bytes.slice(), position: newest }
    entries.push(entry)
    whole.push(entry)
    if (id !== '') known.set(keyOf({ token, channel, id }), newest)
    for (const tell of [...watchers]) tell()
    return newest
  }
  const storeOnce = (entry: OutgoingEntry): number => {
    const before = random.chance(model.faults.doubledWrites) ? undefined : known.get(keyOf(entry))
    return before ?? store(entry)
  }
  const lostAt = new Set<number>()
  const isLost = (position: number): boolean => lostAt.has(position)
  const spoil = (place: RemotePlace): void => {
    if (random.chance(model.faults.garbage)) model.inject(place, GARBAGE)
    const { losses } = model.faults
    if (losses === 0 || !random.chance(losses)) return
    const losable = entries.filter((entry) => model.mayLose(entry, isLost))
    if (losable.length === 0) return
    const lost = random.pick(losable)
    known.delete(keyOf(lost))
    model.lose((entry) => entry === lost)
  }
  const server: ModelServer = {
    random,
    faults: () => model.faults,
    newest: () => newest,
    isHole(entry, isGone) {
      const isOut = (position: number): boolean => isGone(position) || isLost(position)
      const isHole = model.mayLose(entry, isOut) && random.chance(0.5)
      if (isHole) known.delete(keyOf(entry))
      return isHole
    },
    read: (after, through) =>
      entries.filter(({ position }) => position > after && position <= through),
    append(entry) {
      if (random.chance(model.faults.refusals)) return NO_ROOM
      const position = storeOnce(entry)
      spoil(entry)
      return { kind: 'stored', position }
    },
    commit(outgoing, expected) {
      const head = outgoing.at(-1)
      if (!head) throw new RangeError('a commit needs an entry')
      if (random.chance(model.faults.refusals)) return NO_ROOM
      const before = known.get(keyOf(head))
      // Servers differ: some look for the id first, others at the condition.
      if (before !== undefined && random.chance(0.5)) return { kind: 'stored', position: before }
      if (newestOf(entries, head) !== expected) return { kind: 'moved' }
      for (const entry of outgoing.slice(0, -1)) storeOnce(entry)
      const position = store(head)
      spoil(head)
      return { kind: 'stored', position }
    },
    watch(listener) {
      watchers.add(listener)
      return () => void watchers.delete(listener)
    },
  }
  const model: RemoteLogModel = {
    entries,
    whole,
    faults,
    mayLose: () => false,
    connect(steps) {
      const connection = new ModelConnection(server, steps)
      connections.add(connection)
      return connection
    },
    putBack(position) {
      for (const connection of connections) connection.cut()
      for (const log of [entries, whole]) {
        const kept = log.filter((entry) => entry.position <= position)
        log.splice(0, log.length, ...kept)
      }
      known.clear()
      newest = position
      lives += 1
    },
    incarnation: () => `life ${lives}`,
    inject: ({ token, channel }, bytes, id = '') => store({ token, channel, id, bytes }),
    lose(isLost) {
      for (const entry of entries) if (isLost(entry)) lostAt.add(entry.position)
      const kept = entries.filter((entry) => !isLost(entry))
      entries.splice(0, entries.length, ...kept)
    },
    forgetIds: () => known.clear(),
  }
  return model
}

const GARBAGE = new TextEncoder().encode('{"stream":"BF","seq":1}')

const NO_ROOM = { kind: 'refused', reason: 'full', detail: 'The server has no room.' } as const

/** The same id in another session or channel is another one. */
function keyOf({ token, channel, id }: Omit<OutgoingEntry, 'bytes'>): string {
  return `${token} ${channel} ${id}`
}

function newestOf(entries: readonly RemoteEntry[], { token, channel }: RemotePlace): number {
  const last = entries.findLast((entry) => entry.token === token && entry.channel === channel)
  return last?.position ?? 0
}
