import type { Clock } from '../core/ports/clock.ts'
import type { RemoteLog } from '../core/ports/remote-log.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import { CLAIM_RENEW_MS, CLAIM_STALE_MS, claimRecord } from '../core/sync/claim.ts'
import { isOlder } from './ledger.ts'
import { packRecord, type PackPorts } from './pack-record.ts'
import type { ClaimStanding, ClaimChannel } from './claim-bus.ts'
import { REPEAT_MS } from './tab-claims.ts'
import { createTimers } from './timers.ts'

export interface ClaimKeeperPorts extends PackPorts {
  readonly clock: Clock
  readonly bus: Pick<ClaimChannel, 'post' | 'listen'>
  readonly device: string
  /** What people call this device. */
  readonly name: string
  newId(): string
  onUnsure(): void
  /** What other devices fold has become another. */
  onStanding(): void
}

/** Keeps the claims that the tabs of this browser want, and watches those of other devices. */
export interface ClaimKeeper {
  /** A session's row was read or written. */
  know(row: SessionRow): void
  forget(session: string): void
  /** All is read: from now on claims can be made. */
  open(log: RemoteLog): void
  shut(): void
  /** All entries up to a position are taken in. */
  followed(position: number): void
  /** Whether a claim is one that counts: not one that nobody renews. */
  isLive(session: string): boolean
  close(): void
}

/** What is known of a session's row. */
interface Known extends Pick<SessionRow, 'id' | 'birth' | 'revision' | 'sync'> {
  readonly claimedAt: number
  /** Device that has the claim. */
  readonly holder: string | undefined
}

/** @see SPEC.md rules PUMP13–PUMP15 */
export function createClaimKeeper(ports: ClaimKeeperPorts): ClaimKeeper {
  const { bus, clock, device } = ports
  const timers = createTimers(clock)
  const known = new Map<string, Known>()
  /** Tabs that want each session. */
  const wants = new Map<string, Set<string>>()
  const told = new Map<string, ClaimStanding>()
  /** Claims of others that were not renewed in time, by the position at which they were last made. */
  const stale = new Map<string, number>()
  /** Claims of this device that were made or renewed since it began. */
  const kept = new Set<string>()
  /** Positions up to which has to be read before a session's claim is looked at again. */
  const awaited = new Map<string, number>()
  const writing = new Set<string>()
  /** Claims that others were faster to make, until what they said is read. */
  const moved = new Set<string>()
  let log: RemoteLog | undefined
  let followed = 0

  const say = (session: string, standing: ClaimStanding): void => {
    if (told.get(session) === standing) return
    told.set(session, standing)
    bus.post({ kind: 'claim-stands', session, standing })
    ports.onStanding()
  }

  const isLive = (session: string): boolean => {
    const claim = known.get(session)
    return claim?.holder !== undefined && stale.get(session) !== claim.claimedAt
  }

  const watch = (session: string): void => {
    const claim = known.get(session)
    timers.stop(`stale ${session}`)
    if (!log || !claim?.holder || claim.holder === device) return
    timers.start(`stale ${session}`, CLAIM_STALE_MS, () => {
      stale.set(session, claim.claimedAt)
      ports.onStanding()
      look(session)
    })
  }

  /** Does what is to be done about one session's claim, and says how it stands. */
  const look = (session: string): void => {
    const isWanted = wants.has(session)
    const claim = known.get(session)
    const isOwn = claim?.holder === device
    // Of one that others have not heard of no claim is needed.
    if (!log || !claim?.sync?.cursor) {
      if (isWanted) say(session, 'alone')
      return
    }
    if (writing.has(session) || awaited.has(session) || moved.has(session)) return
    if (isWanted && isOwn && kept.has(session)) say(session, 'held')
    else if (isWanted && !isOwn && isLive(session)) say(session, 'elsewhere')
    else if (isWanted) void write(session, log, 'held', claim)
    else if (isOwn) void write(session, log, 'free', claim)
    else if (told.delete(session)) ports.onStanding()
  }

  const write = async (
    session: string,
    to: RemoteLog,
    state: 'held' | 'free',
    claim: Known,
  ): Promise<void> => {
    const expected = claim.claimedAt
    writing.add(session)
    const { name } = ports
    const record = claimRecord(claim, { id: ports.newId(), device, name, state })
    try {
      const answer = await to.commit([await packRecord(ports, record)], expected)
      if (answer.kind === 'stored') {
        if (answer.position > followed) awaited.set(session, answer.position)
        if (state === 'held') keep(session)
        else kept.delete(session)
      } else if (answer.kind === 'unsure') ports.onUnsure()
      else if (answer.kind === 'refused' && wants.has(session)) say(session, 'alone')
      // Others were faster. What they said is on its way, or was read while this was under way.
      else if (known.get(session)?.claimedAt === expected) moved.add(session)
    } finally {
      writing.delete(session)
      if (log === to) look(session)
    }
  }

  const keep = (session: string): void => {
    kept.add(session)
    timers.start(`renew ${session}`, CLAIM_RENEW_MS, () => {
      kept.delete(session)
      look(session)
    })
  }

  const unwant = (session: string, tab: string): void => {
    const tabs = wants.get(session)
    timers.stop(`want ${session} ${tab}`)
    if (!tabs?.delete(tab) || tabs.size > 0) return
    wants.delete(session)
    timers.stop(`renew ${session}`)
    look(session)
  }

  const stop = bus.listen((signal) => {
    if (signal.kind === 'claim-dropped') unwant(signal.session, signal.tab)
    if (signal.kind !== 'claim-wanted') return
    const { session, tab } = signal
    wants.set(session, (wants.get(session) ?? new Set()).add(tab))
    // A tab that says no more that it wants it is gone.
    timers.start(`want ${session} ${tab}`, 3 * REPEAT_MS, () => unwant(session, tab))
    told.delete(session)
    look(session)
  })

  return {
    know(row) {
      const before = known.get(row.id)
      if (!row.sync || isOlder(row, before)) return
      const { claim, claimedAt } = row.sync
      known.set(row.id, { ...row, claimedAt, holder: claim?.device })
      if (before?.claimedAt === claimedAt && before.holder === claim?.device) return
      stale.delete(row.id)
      moved.delete(row.id)
      watch(row.id)
      ports.onStanding()
      look(row.id)
    },
    forget(session) {
      known.delete(session)
      timers.stop(`stale ${session}`)
    },
    open(to) {
      log = to
      for (const session of known.keys()) {
        watch(session)
        look(session)
      }
    },
    shut() {
      log = undefined
      awaited.clear()
      moved.clear()
      stale.clear()
      for (const session of known.keys()) timers.stop(`stale ${session}`)
      for (const session of wants.keys()) look(session)
    },
    followed(position) {
      followed = position
      for (const [session, until] of [...awaited]) {
        if (until > position) continue
        awaited.delete(session)
        look(session)
      }
    },
    isLive,
    close() {
      stop()
      timers.stopAll()
    },
  }
}
