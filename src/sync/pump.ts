import type { Clock } from '../core/ports/clock.ts'
import type { Following, RemoteBatch, RemoteLog } from '../core/ports/remote-log.ts'
import type { JournalState, SyncJournal } from '../core/ports/sync-journal.ts'
import { judgeOrigin, type LogOrigin } from '../core/sync/log-origin.ts'
import { failureText } from '../engine/failure-text.ts'
import { backoffMs } from './backoff.ts'
import type { ClaimKeeper } from './claim-keeper.ts'
import type { Departures } from './departures.ts'
import type { Flusher } from './flusher.ts'
import type { HoleWatch } from './hole-watch.ts'
import type { Connected, ConnectionState, RemoteConnection } from './remote-connection.ts'
import type { StatusBoard } from './status-board.ts'
import { createTimers } from './timers.ts'

export interface PumpPorts {
  readonly journal: SyncJournal
  readonly clock: Clock
  connect(report: (state: ConnectionState) => void): Promise<Connected>
  /** Is told of a connection before anything of it is used. */
  useConnection(connection: RemoteConnection): Promise<void>
  /** How far was read before, and of which log. */
  readonly state: JournalState
  /** The log that is there is another one than was read before: nothing of it is read, and nothing is sent. */
  onOtherLog(origin: LogOrigin): void
  readonly take: (entries: RemoteBatch['entries']) => Promise<void>
  readonly flusher: Flusher
  readonly claims: ClaimKeeper
  readonly holes: HoleWatch
  readonly departures: Departures
  readonly board: StatusBoard
  /** From 0 to 1, at random. */
  spread(): number
}

/** Follows the remote log and sends what is unsent, for as long as it is not closed. */
export interface Pump {
  /** Follows once more from where it is: what was written may be there or not. */
  lookAgain(): void
  /** Follows once more from the beginning: something was missed. */
  readAll(): void
  /** Sends nothing for a while. */
  rest(): void
  /** Tries at once what waits. */
  retry(): void
  close(): Promise<void>
}

/** How long positions are kept in mind before they are written down, in milliseconds. */
const WRITE_CURSOR_MS = 1_000

/**
 * Connects, follows, and connects again. Nothing is sent before all is read, and nothing that was sent counts before it was
 * read: no answer is believed.
 *
 * @see SPEC.md rules PUMP4–PUMP9
 */
export function createPump(ports: PumpPorts): Pump {
  const { flusher, claims, holes, board } = ports
  const timers = createTimers(ports.clock)
  let { cursor, origin } = ports.state
  let written = ports.state
  let isClosed = false
  let log: RemoteLog | undefined
  let following: Following | undefined
  /** Position behind which following begins next; undefined to go on with another connection. */
  let next: number | undefined
  let failures = 0
  let rests = 0
  let isResting = false
  let wake = (): void => {}
  let link: ConnectionState = { kind: 'up' }

  const shut = (): void => {
    flusher.shut()
    claims.shut()
    holes.shut()
  }
  const follow = (after: number): void => {
    next = next === undefined ? after : Math.min(next, after)
    shut()
    following?.stop()
  }
  const writeCursor = async (): Promise<void> => {
    timers.stop('cursor')
    if (written.cursor === cursor && written.origin === origin) return
    const { device } = ports.state
    written = { device, cursor, ...(origin && { origin }) }
    await ports.journal.write(written)
  }
  const isFollowing = (from: RemoteLog): boolean => !isClosed && next === undefined && log === from
  const caughtUp = (from: RemoteLog): void => {
    failures = 0
    const again = holes.readAgain()
    if (again !== undefined) {
      follow(again)
      return
    }
    board.set({ phase: 'online', reason: undefined })
    claims.open(from)
    if (!isResting) flusher.open(from)
    holes.caughtUp()
  }
  /** What fails is tried again with another connection. */
  const orTell = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (failure) {
      board.fail(failureText(failure))
      throw failure
    }
  }
  const take = async (from: RemoteLog, batch: RemoteBatch): Promise<void> => {
    await orTell(() => ports.take(batch.entries))
    const last = batch.entries.at(-1)?.position ?? 0
    cursor = Math.max(cursor, last)
    if (written.cursor !== cursor && !timers.isRunning('cursor')) {
      timers.start('cursor', WRITE_CURSOR_MS, () => void writeCursor().catch(() => {}))
    }
    if (batch.isCaughtUp && isFollowing(from)) await orTell(() => holes.mend())
    if (!isFollowing(from)) return
    flusher.followed(cursor)
    claims.followed(cursor)
    if (batch.isCaughtUp) caughtUp(from)
  }

  const showLink = (): void => {
    if (link.kind === 'up') {
      board.set({ phase: 'catching-up', reason: undefined })
      if (link.server) board.set({ server: link.server })
    } else {
      board.set({ phase: link.kind === 'down' ? 'offline' : 'refused', reason: link.reason })
    }
  }

  /** Follows for as long as the connection is there. */
  const stay = async (on: RemoteLog): Promise<void> => {
    log = on
    next = cursor
    holes.lookAgain()
    while (next !== undefined && !isClosed) {
      const after: number = next
      next = undefined
      showLink()
      holes.begin(after)
      following = on.follow(after, (batch) => take(on, batch))
      await following.ended
    }
    log = undefined
    shut()
    await on.close()
  }

  /** False where the log is another one than was read before: then this pump is of no use any more. */
  const knows = (found: LogOrigin | undefined): boolean => {
    const verdict = found && judgeOrigin(origin, found)
    if (verdict?.kind === 'other') {
      isClosed = true
      shut()
      following?.stop()
      ports.onOtherLog(verdict.origin)
      return false
    }
    origin = verdict?.origin ?? origin
    return true
  }

  const report = (state: ConnectionState): void => {
    link = state
    if (state.kind === 'up' && !knows(state.origin)) return
    showLink()
    if (state.kind !== 'up') shut()
    // Whatever was believed to be all may not be all any more.
    else if (log) {
      holes.lookAgain()
      follow(cursor)
    }
  }

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
      timers.start('pause', ms, resolve)
    })

  const run = async (): Promise<void> => {
    await ports.departures.resume()
    for (const session of ports.departures.sessions()) flusher.mark(session)
    while (!isClosed) {
      link = { kind: 'up' }
      board.set({ phase: 'connecting', reason: undefined })
      const connected = await ports.connect(report)
      if (connected.kind === 'connected' && !isClosed && knows(connected.origin)) {
        await writeCursor()
        if (connected.server) board.set({ server: connected.server })
        await ports.useConnection(connected)
        flusher.forgive()
        await stay(connected.log)
      } else if (connected.kind === 'connected') await connected.log.close()
      else {
        const phase = connected.kind === 'refused' ? 'refused' : 'offline'
        board.set({ phase, reason: connected.reason })
      }
      if (isClosed) return
      await pause(backoffMs(failures, ports.spread()))
      failures += 1
    }
  }

  /** Whatever fails in between, such as the store, it is tried again. */
  const running = (async () => {
    while (!isClosed) {
      try {
        await run()
      } catch (failure) {
        shut()
        board.fail(failureText(failure))
        board.set({ phase: 'offline', reason: failureText(failure) })
        await log?.close()
        if (!isClosed) await pause(backoffMs(failures, ports.spread()))
        failures += 1
      }
    }
  })()

  return {
    lookAgain: () => follow(cursor),
    readAll: () => follow(0),
    rest() {
      isResting = true
      flusher.shut()
      timers.start('rest', backoffMs(rests, ports.spread()), () => {
        isResting = false
        follow(cursor)
      })
      rests += 1
    },
    retry() {
      rests = 0
      failures = 0
      isResting = false
      timers.stop('rest')
      flusher.forgive()
      timers.stop('pause')
      wake()
      if (log) follow(cursor)
    },
    async close() {
      isClosed = true
      shut()
      following?.stop()
      wake()
      await running
      await writeCursor().catch(() => {})
      timers.stopAll()
    },
  }
}
