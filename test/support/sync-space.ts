import { readRecord } from '../../src/core/sync/read-record.ts'
import { nameStored } from '../../src/core/sync/named-messages.ts'
import {
  channelOf,
  type Channel,
  type StoredMessage,
  type SyncRecord,
} from '../../src/core/sync/sync-record.ts'
import type { TakenEntry } from '../../src/core/sync/take-query.ts'
import { writeRecord } from '../../src/core/sync/write-record.ts'
import type { SyncDevice } from './sync-device.ts'

/** A remote log of one session in the plainest way: a list. */
export class SyncSpace {
  readonly entries: TakenEntry[] = []
  private readonly ids = new Map<string, number>()
  private readonly newest = new Map<Channel, number>()

  /** Adds a record behind all others; one whose id was there is left out, as a server does for a while. */
  add(record: SyncRecord, isDoubled: boolean = false): number {
    const before = this.ids.get(record.id)
    if (before !== undefined && !isDoubled) return before
    const read = readRecord(writeRecord(record))
    if (read.kind === 'nonsense') throw new Error(`${record.kind}: ${read.reason}`)
    // Others' sessions share the positions.
    const position = (this.entries.at(-1)?.position ?? 0) + 1 + (this.entries.length % 2)
    this.entries.push({ position, record: read.record })
    this.newest.set(channelOf(record), position)
    this.ids.set(record.id, position)
    return position
  }

  /** Adds something that nobody can read, once there is something that tells of what session it is. */
  litter(channel: Channel): void {
    const last = this.entries.at(-1)
    if (!last) return
    const position = last.position + 1
    this.entries.push({ position, channel })
    this.newest.set(channel, position)
  }

  /** Says an entry again that is there. */
  double(index: number): void {
    const entry = this.entries[index % Math.max(1, this.entries.length)]
    if (entry && 'record' in entry) this.add(entry.record, true)
  }

  /** Sends what a device has to say, or only the first of it. */
  async flush(device: SyncDevice, most: number = Infinity): Promise<boolean> {
    const next = await device.next()
    if (next.kind === 'nothing') return false
    if (next.kind === 'commit') {
      if ((this.newest.get('heads') ?? 0) !== next.expected) return false
      for (const record of next.records) this.add(record)
      return true
    }
    const stored: StoredMessage[] = []
    for (const record of next.records.slice(0, most)) {
      const position = this.add(nameStored(record, stored))
      if (record.kind === 'message') stored.push({ id: record.id, position })
    }
    return true
  }

  behind(position: number): readonly TakenEntry[] {
    return this.entries.filter((entry) => entry.position > position)
  }

  /** Delivers everything to everybody and lets all of them say everything, until nothing changes. */
  async settle(devices: readonly SyncDevice[]): Promise<void> {
    for (let round = 0; round < 60; round += 1) {
      const before = this.entries.length
      for (const device of devices) await this.deliver(device)
      for (const device of devices) {
        await this.flush(device)
        await this.deliver(device)
      }
      if (this.entries.length === before) return
    }
    throw new Error('they never come to rest')
  }

  /** Delivers what a device has not taken in, in batches of one size, together with some that it has. */
  async deliver(
    device: SyncDevice,
    batch: number = Infinity,
    most: number = Infinity,
    again: number = 0,
  ): Promise<void> {
    const cursor = (await device.row())?.sync?.cursor ?? 0
    const from = Math.max(0, this.entries.findIndex(({ position }) => position > cursor) - again)
    const isCaughtUp = !this.entries.some(({ position }) => position > cursor)
    if (isCaughtUp && again === 0) return
    const due = this.entries.slice(isCaughtUp ? -again : from).slice(0, most)
    for (let at = 0; at < due.length; at += Math.min(batch, due.length)) {
      await device.take(due.slice(at, at + Math.min(batch, due.length)))
    }
  }
}
