import type { Following, RemoteBatch, RemoteEntry } from '../../core/ports/remote-log.ts'
import { createConsumer, deleteConsumer } from './create-consumer.ts'
import { readHeaders, readId } from './entry-headers.ts'
import { MOST_PARTS, PartShelf } from './entry-parts.ts'
import { readIncarnation } from './incarnation.ts'
import type { Connected, NatsLink } from './nats-link.ts'
import { pause, restAfter } from './pause.ts'
import { readParts } from './read-parts.ts'
import { openReader, type Delivered, type Read, type SpaceReader } from './space-reader.ts'
import { readSubject } from './space-subjects.ts'

/** What this connection was told of: the newest position that any answer to its writes named. */
export interface Told {
  position: number
}

const SHELF_BYTES = 64 * 1024 * 1024
/** So many readers in a row that lack what is known to be there, and it is gone: entries of removed sessions are. */
const PATIENT_TRIES = 5
/** Longer than that a copy is never behind for good reason. */
const COMPLAINT_TRIES = 10
/** How long a reader on a copy that is behind may take to get what is known to be there. */
const BEHIND_MS = 1_500

const BEHIND = 'The server lacks entries that it had confirmed before.'

type Outcome =
  /** Others are needed where it ended. */
  | { readonly kind: 'broken' }
  /** This copy lacks what is known to be there. */
  | { readonly kind: 'behind' }

/**
 * Follows one space, by one reader after the other, for ever. A reader begins at the newest entry that was taken in before, not
 * behind it: one that does not deliver that entry reads from a copy that is behind, and is believed nothing.
 */
export class SpaceFollowing implements Following {
  readonly ended: Promise<void>
  private readonly link: NatsLink
  private readonly told: Told
  private readonly beatMs: number
  private readonly take: (batch: RemoteBatch) => Promise<void>
  private readonly shelf = new PartShelf(SHELF_BYTES)
  private readonly stopping = new AbortController()
  private last: number
  /** What is known to be there is not waited for up to this position: it was removed. */
  private forgiven = 0
  private behind = 0
  private failures = 0
  private owesWord = true
  private isAskedToLook = false
  private partTries = 0
  private reader: SpaceReader | undefined

  constructor(
    link: NatsLink,
    told: Told,
    beatMs: number,
    after: number,
    take: (batch: RemoteBatch) => Promise<void>,
  ) {
    this.link = link
    this.told = told
    this.beatMs = beatMs
    this.take = take
    this.last = after
    this.ended = this.run()
  }

  stop(): void {
    this.stopping.abort()
    this.reader?.break('it was stopped')
  }

  /** Looks anew at what is there, as a write may have been made of which nothing is known. */
  look(): void {
    this.owesWord = true
    this.isAskedToLook = true
    this.failures = 0
    this.reader?.break('it is looked at anew')
  }

  private isStopped(): boolean {
    return this.stopping.signal.aborted
  }

  private async run(): Promise<void> {
    while (!this.isStopped()) {
      const connected = await this.waitForLink()
      if (!connected) return
      const before = this.last
      this.owesWord = true
      this.isAskedToLook = false
      const outcome = await this.readFrom(connected)
      if (this.isStopped()) return
      if (outcome.kind === 'behind') await this.endure(connected)
      else if (this.last === before && !this.isAskedToLook) this.failures += 1
      await pause(restAfter(this.failures, this.link.restMs, Math.random()), this.stopping.signal)
    }
  }

  private waitForLink(): Promise<Connected | undefined> {
    const { signal } = this.stopping
    return new Promise((resolve) => {
      const stop = (): void => resolve(undefined)
      signal.addEventListener('abort', stop)
      void this.link.wait().then((connected) => {
        signal.removeEventListener('abort', stop)
        resolve(connected)
      })
    })
  }

  private wish() {
    const { stream, space, timeoutMs, filter } = this.link
    return { stream, space, timeoutMs, beatMs: this.beatMs, ...(filter && { filter }) }
  }

  private async readFrom(connected: Connected): Promise<Outcome> {
    const from = Math.max(1, this.last)
    const reader = await openReader(connected, { ...this.wish(), from })
    if (reader.kind === 'broken') {
      // Where nothing is answered, or the stream is gone, another connection tells more.
      if (reader.isSilent === true || this.failures > 0) this.link.suspect(connected)
      return reader
    }
    this.reader = reader
    if (this.isStopped()) reader.break('it was stopped')
    const outcome = await this.deliverFrom(reader, connected)
    this.reader = undefined
    reader.break('it was read')
    return outcome
  }

  private async deliverFrom(reader: SpaceReader, connected: Connected): Promise<Outcome> {
    const first = this.last
    let isProven = first <= this.forgiven
    let isPatient = false
    for (;;) {
      const read: Read = await (isPatient && this.lacks()
        ? this.readSoon(reader)
        : reader.read(isPatient))
      if (read.kind === 'broken') return read
      if (!isProven && read.delivered[0]?.position !== first) return { kind: 'behind' }
      isProven = true
      const isTaken = await this.takeIn(connected, read.delivered, read.isAll, reader)
      if (!isTaken) return { kind: 'broken' }
      if (isPatient && read.delivered.length === 0) return { kind: 'behind' }
      // Once all is read, more is waited for.
      isPatient = read.isAll && !reader.hasMore()
    }
  }

  /** Whether something is known to be there that was not delivered. */
  private lacks(): boolean {
    return this.last < this.told.position && this.told.position > this.forgiven
  }

  /** Reads what comes within a moment, from a copy that is behind what is known to be there. */
  private async readSoon(reader: SpaceReader): Promise<Read> {
    const waiting = new AbortController()
    const late = pause(BEHIND_MS, waiting.signal).then(
      () => ({ kind: 'read', delivered: [], isAll: false }) as const,
    )
    const read = await Promise.race([reader.read(true), late])
    waiting.abort()
    return read
  }

  /** False if it is to be read again from where it was left, or no more. */
  private async takeIn(
    connected: Connected,
    delivered: readonly Delivered[],
    isAll: boolean,
    reader: SpaceReader,
  ): Promise<boolean> {
    const entries: RemoteEntry[] = []
    let newest = this.last
    for (const each of delivered) {
      if (each.position <= newest) continue
      const entry = await this.readEntry(connected, each)
      if (entry === 'unread') return false
      if (entry) entries.push(entry)
      newest = each.position
    }
    if (this.isStopped()) return false
    this.last = newest
    const isCaughtUp = isAll && !reader.hasMore() && !this.lacks()
    if (isCaughtUp) this.settle()
    if (entries.length === 0 && !(isCaughtUp && this.owesWord)) return true
    if (isCaughtUp) this.owesWord = false
    try {
      await this.take({ entries, isCaughtUp })
    } catch {
      this.stop()
    }
    return !this.isStopped()
  }

  private settle(): void {
    this.failures = 0
    if (this.behind >= COMPLAINT_TRIES) this.link.complain(undefined)
    this.behind = 0
  }

  /** The entry that a message is; undefined for none, and `unread` if its parts could not be asked for. */
  private async readEntry(
    connected: Connected,
    { position, message }: Delivered,
  ): Promise<RemoteEntry | 'unread' | undefined> {
    const spoken = readSubject(this.link.space, message.subject)
    const { id: written, part, parts } = readHeaders(message.headers, message.subject)
    if (spoken.kind === 'part' && part) {
      this.shelf.put(spoken.token, part.of, part.turn, ownBytes(message.data))
    }
    if (spoken.kind !== 'entry') return undefined
    const { place } = spoken
    const id = written === undefined ? '' : readId(written)
    if (!parts || written === undefined)
      return { ...place, position, id, bytes: ownBytes(message.data) }
    const { count, from } = parts
    const of = `${written}/${place.channel}`
    const join = () =>
      count > MOST_PARTS ? undefined : this.shelf.join(place.token, of, count, message.data)
    const joined = join()
    if (joined) return { ...place, position, id, bytes: joined }
    const missing = { token: place.token, of, count, from, before: position }
    if (!(await readParts(connected, this.wish(), missing, this.shelf))) return 'unread'
    const bytes = join()
    this.partTries = bytes ? 0 : this.partTries + 1
    // A copy that is behind may lack them now; parts that nobody wrote make the entry one that says nothing.
    if (!bytes && this.partTries < PATIENT_TRIES) return 'unread'
    this.partTries = 0
    return { ...place, position, id: bytes ? id : '', bytes: bytes ?? new Uint8Array() }
  }

  /** Another reader may read from a better copy; in the end what is lacking is either removed, or lost. */
  private async endure(connected: Connected): Promise<void> {
    this.behind += 1
    this.failures = Math.min(this.behind, PATIENT_TRIES)
    if (this.behind < PATIENT_TRIES) return
    const needed = Math.max(this.last, this.told.position)
    const { connection } = connected
    const incarnation = await readIncarnation(connection, this.wish())
    // It was put back: with another connection all begins anew.
    if (incarnation !== undefined && incarnation !== connected.incarnation) {
      this.link.suspect(connected)
      return
    }
    const probe = await createConsumer(connection, { ...this.wish(), deliver: 'new' })
    if (probe.kind !== 'answer') return
    deleteConsumer(connection, this.link.stream, probe.value.name)
    if (probe.value.delivered.stream_seq >= needed) this.forgiven = needed
    else if (this.behind >= COMPLAINT_TRIES) this.link.complain(BEHIND)
  }
}

/** Bytes of their own: what the client hands out are views of what the network read, kept whole by the smallest of them. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}
