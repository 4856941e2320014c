import type { Snapshotted, Write } from '../../../src/core/ports/session-store.ts'
import type { SessionRow } from '../../../src/core/session/session-row.ts'
import { pendingOf } from '../../../src/core/sync/pending-of.ts'
import type { RemoteLogModel } from '../../support/remote-log-model.ts'
import { expectThat, failInvariant } from '../checker/invariant-error.ts'
import type { World } from '../world/world.ts'
import type { Device } from './device.ts'
import { parse, readSaid, type SaidSession } from './said.ts'

/** An append that a host was answered. */
interface Receipt {
  readonly device: string
  readonly session: string
  readonly id: string
  /** Steps of the run at which it was asked for, and answered. */
  readonly asked: number
  readonly answered: number
}

/** Least time after which a device may take another's claim for stale, in milliseconds. */
const STALE_MS = 60_000

/** Looks on while devices write, and compares all of them once they are at rest. */
export class SyncChecker {
  readonly receipts: Receipt[] = []
  /** Sessions that some host deleted, on which device: what that device had not sent is gone with them. */
  readonly deleted: Set<string> = new Set()
  folded = 0
  moved = 0
  mended = 0
  private readonly world: World
  private readonly server: RemoteLogModel
  /** When each entry was stored. */
  private readonly storedAt = new Map<number, number>()

  constructor(world: World, server: RemoteLogModel) {
    this.world = world
    this.server = server
  }

  /** A device commits: jobs cover what is settled, unless a turn would not fit otherwise. */
  committed(device: string, { session }: Snapshotted, writes: readonly Write[]): void {
    for (const write of writes) {
      if (write.table === 'sessions') this.checkRow(device, session, write.row)
      if (write.table !== 'jobs' || write.row.state !== 'running') continue
      const { n, mark, trigger } = write.row
      if (n !== (session?.lastJob ?? 0) + 1 || trigger === 'hard') continue
      const confirmed = session?.sync?.confirmed ?? Infinity
      expectThat(mark <= confirmed, () => {
        return `${device}: job ${n} of ${write.row.session} covers ${mark}, settled are ${confirmed}`
      })
    }
  }

  /** Called after every step: entries are stored at the moment in which they are first seen. */
  note(): void {
    const { whole } = this.server
    for (let at = whole.length - 1; at >= 0; at -= 1) {
      const { position = 0 } = whole[at] ?? {}
      if (this.storedAt.has(position)) return
      this.storedAt.set(position, this.world.elapsed)
    }
  }

  /** Everything has come to rest: all devices say the same, and it is what the remote log says. */
  async atRest(devices: readonly Device[]): Promise<void> {
    const { sessions, messages } = readSaid(this.server.whole)
    const spoken = [...sessions].flatMap(([id, { log }]) => (log.length > 0 ? [id] : []))
    for (const device of devices) await this.checkDevice(device, sessions)
    await this.compare(devices, spoken)
    this.checkReceipts(sessions, messages)
    this.checkClaims()
  }

  private checkRow(device: string, before: SessionRow | undefined, after: SessionRow): void {
    if (!before?.sync || !after.sync || before.birth !== after.birth) return
    const step = (what: string, from: number, to: number): void =>
      expectThat(to >= from, () => `${device}: ${what} of ${after.id} went from ${from} to ${to}`)
    step('confirmed', before.sync.confirmed, after.sync.confirmed)
    step('cursor', before.sync.cursor, after.sync.cursor)
    step('the log', before.nextSeq, after.nextSeq)
    step('moves', before.sync.moves, after.sync.moves)
    this.moved += after.sync.moves - before.sync.moves
    if (before.sync.lacks !== undefined && after.sync.lacks === undefined) this.mended += 1
    expectThat(after.sync.confirmed < after.nextSeq, `${device}: more is settled than there is`)
  }

  private async checkDevice(
    device: Device,
    sessions: ReadonlyMap<string, SaidSession>,
  ): Promise<void> {
    const rows = await device.store.listSessions()
    // One that is empty is nobody else's.
    const shared = rows.filter(({ id, nextSeq }) => nextSeq > 1 || sessions.has(id))
    const ids = shared.map(({ id }) => id).toSorted()
    const said = [...sessions.keys()].toSorted()
    expectThat(ids.join() === said.join(), `${device.name} has ${ids.join()}, not ${said.join()}`)
    for (const row of rows) {
      const own = sessions.get(row.id)
      if (own) await this.checkSession(device, row, own)
    }
  }

  private async checkSession(device: Device, row: SessionRow, said: SaidSession): Promise<void> {
    const where = `${device.name}, ${row.id}`
    const { range, head } = await device.store.read({
      session: row.id,
      range: { from: 1, to: Infinity },
      head: true,
    })
    // What a person says of a session without messages waits for the first one.
    expectThat(
      pendingOf(row) === 0 || row.nextSeq === 1,
      () => `${where}: ${pendingOf(row)} pending at rest`,
    )
    const own = range.map(({ id, active }) => `${id}${active ? '' : ' left'}`)
    const remote = said.log.map(({ id, isActive }) => `${id}${isActive ? '' : ' left'}`)
    expectThat(own.join() === remote.join(), () => {
      return `${where} has\n${own.join()}, the remote log\n${remote.join()}`
    })
    range.forEach(({ seq }, index) => expectThat(seq === index + 1, `${where}: a gap at ${seq}`))
    expectThat(row.sync?.head.id === said.headRecord, () => {
      return `${where}: the head is ${row.sync?.head.id}, the remote one ${said.headRecord}`
    })
    expectThat((head?.record ?? '') === said.head, () => {
      return `${where}: folded by ${head?.record ?? 'nobody'}, not ${said.head || 'nobody'}`
    })
    if (head) this.folded += 1
  }

  private async compare(devices: readonly Device[], sessions: readonly string[]): Promise<void> {
    for (const session of sessions) {
      const states = await Promise.all(devices.map((device) => describe(device, session)))
      states.forEach((state, index) => {
        expectThat(state === states[0], () => {
          return `${session} differs:\n${devices[0]?.name} ${states[0]}\n${devices[index]?.name} ${state}`
        })
      })
    }
  }

  private checkReceipts(
    sessions: ReadonlyMap<string, SaidSession>,
    messages: ReadonlySet<string>,
  ): void {
    for (const { device, session, id } of this.receipts) {
      const isGone = this.deleted.has(`${device} ${session}`)
      expectThat(isGone || messages.has(id), () => `${id} of ${device} was never sent`)
    }
    for (const [session, { log }] of sessions) {
      const places = new Map(log.map((message, index) => [message.id, index]))
      expectThat(places.size === log.length, `${session} has a message twice`)
      const own = this.receipts.filter((receipt) => receipt.session === session)
      for (const first of own) {
        for (const second of own) {
          if (first.device !== second.device || first.answered >= second.asked) continue
          const [a = -1, b = Infinity] = [places.get(first.id), places.get(second.id)]
          expectThat(a < b, `${first.id} of ${first.device} comes behind ${second.id}`)
        }
      }
    }
  }

  /** A claim is taken from another device only once that has not renewed it for long enough. */
  private checkClaims(): void {
    const claims = new Map<string, { readonly device: string; readonly at: number }>()
    const deletions = new Map<string, number>()
    for (const entry of this.server.whole) {
      const record = parse(entry)
      if (record?.kind === 'deleted') {
        claims.delete(record.session)
        deletions.set(record.session, entry.position)
      }
      if (record?.kind !== 'claim') continue
      const { session, device, state, since = 0 } = record
      // Of a session that is gone.
      if (since !== (deletions.get(session) ?? 0)) continue
      const before = claims.get(session)
      const at = this.storedAt.get(entry.position) ?? 0
      if (state === 'free' && before?.device === device) claims.delete(session)
      if (state === 'free') continue
      if (before && before.device !== device && at - before.at < STALE_MS) {
        failInvariant(`${device} took the claim on ${session} after ${at - before.at} ms`)
      }
      claims.set(session, { device, at })
    }
  }
}

/** All of a session that devices share, as text. */
async function describe(device: Device, session: string): Promise<string> {
  const all = 'all' as const
  const query = { session, head: true, rules: all, facts: all, notes: all, pads: all } as const
  const { session: row, head, rules, facts, notes, pads } = await device.store.read(query)
  return canonical({
    head: head && {
      ...head,
      n: 0,
      parent: 0,
      job: 0,
      session: '',
      status: '',
      appliedAt: 0,
      schema: 0,
    },
    rules,
    facts,
    notes: notes.map((note) => ({ ...note, generation: 0 })),
    pads,
    pins: row?.pins,
    details: row?.details,
    tokens: row?.tokens.log,
    messages: row?.messages,
    chain: row?.chain,
    claim: row?.sync?.claim,
  })
}

/** As JSON, whatever the order of the keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one
    return Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
