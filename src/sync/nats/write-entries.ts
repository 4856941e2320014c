import type { MsgHdrs } from '@nats-io/nats-core'
import type { Appended, Committed, OutgoingEntry } from '../../core/ports/remote-log.ts'
import { askServer, type Asked } from './ask-server.ts'
import { newSecretName } from './create-consumer.ts'
import { writeHeaders, writeId, type EntryHeaders } from './entry-headers.ts'
import { splitEntry } from './entry-parts.ts'
import type { Told } from './follow-space.ts'
import { judgeWrite, readNewest, refused, unsure, type StoredAnswer } from './judge-write.ts'
import type { Connected, NatsLink } from './nats-link.ts'
import { pause } from './pause.ts'
import { isSubjectToken, partsSubjectOf, subjectOf } from './space-subjects.ts'

/** Makes the client's headers, which are loaded late. */
export type NewHeaders = () => MsgHdrs

/** One message as the server gets it. */
interface Outgoing {
  readonly subject: string
  readonly bytes: Uint8Array
  readonly headers: EntryHeaders
}

type Prepared =
  | { readonly kind: 'prepared'; readonly outgoing: Outgoing }
  | Exclude<Appended, { readonly kind: 'stored' }>

/** The server takes 1,000 at once; a few less leave room for what it adds. */
const MOST_IN_BATCH = 900
/** A busy subject is tried again this often, each time after a little longer: within two seconds. */
const BUSY_TRIES = 40
const BUSY_STEP_MS = 5
const BUSY_MOST_MS = 60

/** Writes to one space, one thing after the other, as each may depend on the one before. */
export class SpaceWriter {
  private readonly link: NatsLink
  private readonly told: Told
  private readonly newHeaders: NewHeaders
  private readonly onUnsure: () => void
  private turn: Promise<unknown> = Promise.resolve()

  constructor(link: NatsLink, told: Told, newHeaders: NewHeaders, onUnsure: () => void) {
    this.link = link
    this.told = told
    this.newHeaders = newHeaders
    this.onUnsure = onUnsure
  }

  append(entry: OutgoingEntry): Promise<Appended> {
    return this.inTurn(async (connected) => {
      const prepared = await this.prepare(connected, entry)
      if (prepared.kind !== 'prepared') return prepared
      return neverMoved(await this.publish(connected, prepared.outgoing))
    })
  }

  commit(entries: readonly OutgoingEntry[], expected: number): Promise<Committed> {
    return this.inTurn<Committed>(async (connected) => {
      const outgoing: Outgoing[] = []
      for (const entry of entries) {
        const prepared = await this.prepare(connected, entry)
        if (prepared.kind !== 'prepared') return prepared
        outgoing.push(prepared.outgoing)
      }
      const head = outgoing.at(-1)
      if (!head) return refused('failed', 'There is nothing to write.')
      const last = { ...head, headers: { ...head.headers, expected } }
      const members = outgoing.slice(0, -1)
      const isBatch = connected.hasBatches && members.length > 0 && members.length < MOST_IN_BATCH
      const committed = isBatch ? await this.publishBatch(connected, members, last) : undefined
      return committed ?? this.publishSingly(connected, members, last)
    })
  }

  /** Without a connection nothing is waited for: whoever writes finds out by following. */
  private inTurn<T extends Committed>(
    write: (connected: Connected) => Promise<T | ReturnType<typeof unsure>>,
  ): Promise<T | ReturnType<typeof unsure>> {
    const made = this.turn.then(async () => {
      const connected = this.link.current()
      if (!connected) return unsure('there is no connection')
      const outcome = await write(connected).catch((failure: unknown) => unsure(String(failure)))
      if (outcome.kind === 'unsure') this.onUnsure()
      return outcome
    })
    this.turn = made
    return made
  }

  /** Stores the parts of a large entry, which say nothing before the entry itself is there. */
  private async prepare(connected: Connected, entry: OutgoingEntry): Promise<Prepared> {
    const { space } = this.link
    const id = writeId(entry.id)
    if (!isSubjectToken(entry.token) || id === undefined || id === '') {
      return refused('failed', 'The entry has no id or token that the server can keep.')
    }
    const most = connected.connection.info?.max_payload ?? Infinity
    const split = splitEntry(entry.bytes, most)
    if (!split) return refused('too-large', 'The entry is larger than 32 MB.')
    const subject = subjectOf(space, entry)
    let from: number | undefined
    for (const [at, bytes] of split.parts.entries()) {
      const turn = at + 1
      const stored = await this.publish(connected, {
        subject: partsSubjectOf(space, entry.token),
        bytes,
        headers: {
          id: `${id}/${entry.channel}/${turn}`,
          part: { of: `${id}/${entry.channel}`, turn },
        },
      })
      if (stored.kind !== 'stored') return neverMoved(stored)
      from ??= stored.position
    }
    const parts = from === undefined ? {} : { parts: { count: split.parts.length, from } }
    return { kind: 'prepared', outgoing: { subject, bytes: split.rest, headers: { id, ...parts } } }
  }

  /** Where the server has no batches, the last one goes out only once all others are there. */
  private async publishSingly(
    connected: Connected,
    members: readonly Outgoing[],
    last: Outgoing,
  ): Promise<Committed> {
    for (const member of members) {
      const stored = await this.publish(connected, member)
      if (stored.kind !== 'stored') return stored
    }
    return this.publish(connected, last)
  }

  /** Undefined where the server takes no batch of these. */
  private async publishBatch(
    connected: Connected,
    members: readonly Outgoing[],
    last: Outgoing,
  ): Promise<Committed | undefined> {
    return this.whileBusy(async () => {
      const id = newSecretName()
      for (const [at, member] of members.entries()) {
        const batch = { id, turn: at + 1, isEnd: false }
        const outgoing = { ...member, headers: { ...member.headers, batch } }
        if (at > 0) {
          this.send(connected, outgoing)
          continue
        }
        // The first is answered, with nothing: a server that knows no batches would say where it stored it.
        const begun = await this.ask(connected, outgoing)
        if (begun.kind !== 'answer') return begun
        if (begun.value.seq !== undefined) return NO_BATCHES
      }
      const batch = { id, turn: members.length + 1, isEnd: true }
      return this.ask(connected, { ...last, headers: { ...last.headers, batch } })
    })
  }

  private async publish(connected: Connected, outgoing: Outgoing): Promise<Committed> {
    const committed = await this.whileBusy(() => this.ask(connected, outgoing))
    return committed ?? refused('failed', 'The server takes it for a batch.')
  }

  /** Tries again while the server only says that it is busy. */
  private async whileBusy(
    write: () => Promise<Asked<StoredAnswer>>,
  ): Promise<Committed | undefined> {
    for (let tries = 1; tries <= BUSY_TRIES; tries += 1) {
      const asked = await write()
      const judged = judgeWrite(asked)
      if (judged.kind === 'stored') this.hear(judged.position)
      if (judged.kind === 'moved') this.hear(readNewest(asked) ?? 0)
      if (judged.kind !== 'again') return judged
      if (judged.why === 'no-batch') return undefined
      const most = Math.min(BUSY_MOST_MS, BUSY_STEP_MS * tries)
      await pause(most * (0.5 + Math.random() / 2), new AbortController().signal)
    }
    return unsure('the server was busy for too long')
  }

  private hear(position: number): void {
    this.told.position = Math.max(this.told.position, position)
  }

  private ask(connected: Connected, { subject, bytes, headers }: Outgoing) {
    return askServer<StoredAnswer>(connected.connection, {
      subject,
      bytes,
      headers: writeHeaders(this.newHeaders(), subject, headers),
      timeoutMs: this.link.timeoutMs,
    })
  }

  private send(connected: Connected, { subject, bytes, headers }: Outgoing): void {
    connected.connection.publish(subject, bytes, {
      headers: writeHeaders(this.newHeaders(), subject, headers),
    })
  }
}

/** What a server that has batches says of a stream that takes none. */
const NO_BATCHES = {
  kind: 'error',
  code: 10_174,
  description: 'atomic publish is disabled',
} as const

/** Nothing was asked of an append that could have moved. */
function neverMoved<T extends Committed>(
  outcome: T,
): Exclude<T, { readonly kind: 'moved' }> | ReturnType<typeof unsure> {
  if (outcome.kind === 'moved')
    return unsure('the server refused a condition that it was not given')
  return outcome as Exclude<T, { readonly kind: 'moved' }>
}
