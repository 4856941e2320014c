import {
  EMPTY_SLOT,
  stepSlot,
  type Slot,
  type SlotCommand,
  type SlotEvent,
} from '../core/compaction/slot.ts'
import type { Job } from '../core/compaction/job.ts'
import { calibratedContextTokens } from '../core/session/calibrated-tokens.ts'
import type { Seq } from '../core/session/message.ts'
import type { Categories } from '../core/session/context.ts'
import type { SessionRow } from '../core/session/session-row.ts'
import type { BackfoldEvent, SessionState } from '../protocol/events.ts'
import { oneByOne } from '../protocol/one-by-one.ts'
import type { Emit, EnginePorts } from './engine-ports.ts'
import { stateOf } from './session-state.ts'

/** A job that runs in this tab, or waits here for the lease. */
export interface RunningJob {
  readonly controller: AbortController
  /** Undefined while it waits for the lease. */
  readonly job: Job | undefined
  /** Settles when the job has ended and its end is recorded. Never rejects. */
  readonly settled: Promise<void>
}

/** What an event made of the context. */
export interface Change {
  readonly before: Categories
  readonly after: Categories
}

/** A context that a host was given. */
export interface HandedOut {
  /** Newest message in it. */
  readonly through: Seq
  readonly estimatedTokens: number
  readonly contextKey: string
}

/**
 * What this tab knows of one session: its row as last read or written, its slot, its running job. The
 * only mutable state there is; everything that must survive is in the store.
 */
export interface SessionCell {
  readonly id: string
  readonly ports: EnginePorts
  row(): SessionRow
  slot(): Slot
  running(): RunningJob | undefined
  state(): SessionState
  /** Calibrated tokens of the context as it stands. */
  contextTokens(): number
  /** The context that was handed out last, which a report of usage is about. */
  handedOut(): HandedOut | undefined
  setHandedOut(context: HandedOut): void
  /** Takes over a row that was read or written just now; older ones than the known are ignored. */
  know(row: SessionRow): void
  setRunning(running: RunningJob | undefined): void
  /** Advances the slot and returns what must now be done. */
  step(event: SlotEvent): SlotCommand
  /** Tells the host what happened; without a change, the context stayed as it is. */
  emit(event: BackfoldEvent, change?: Change): void
  /** Runs work that moves the head, or depends on it, one at a time. */
  exclusive<T>(work: () => Promise<T>): Promise<T>
}

export function createSessionCell(ports: EnginePorts, first: SessionRow, emit: Emit): SessionCell {
  let row = first
  let slot: Slot =
    first.candidate === 0
      ? EMPTY_SLOT
      : { status: 'ready', failures: 0, generation: first.candidate }
  let running: RunningJob | undefined
  let handedOut: HandedOut | undefined
  const { id } = first

  const contextTokens = (): number => calibratedContextTokens(row)
  const state = (): SessionState => stateOf({ row, slot, running, tokens: contextTokens() })
  const tell = (): void => emit({ kind: 'state', state: state() })

  return {
    id,
    ports,
    row: () => row,
    slot: () => slot,
    running: () => running,
    handedOut: () => handedOut,
    setHandedOut(context) {
      handedOut = context
    },
    state,
    contextTokens,
    know(next) {
      // Rows arrive out of order where several calls are in flight.
      if (next.revision <= row.revision) return
      row = next
      slot = followCandidate(slot, row)
      tell()
    },
    setRunning(next) {
      running = next
      tell()
    },
    step(event) {
      const result = stepSlot(slot, event)
      slot = result.slot
      tell()
      return result.command
    },
    emit(event, change) {
      const { context } = row.tokens
      const { before, after } = change ?? { before: context, after: context }
      const at = ports.clock.now()
      emit({ kind: 'event', event: { ...event, session: id, at, before, after } })
    },
    exclusive: oneByOne(),
  }
}

/** Another tab may have made, applied or discarded the candidate. */
function followCandidate(slot: Slot, row: SessionRow): Slot {
  if (slot.status === 'ready' && row.candidate === 0)
    return { ...EMPTY_SLOT, failures: slot.failures }
  if (slot.status === 'idle' && row.candidate !== 0) {
    return { status: 'ready', failures: slot.failures, generation: row.candidate }
  }
  return slot
}
