import { RETRY_GROWTH, type SlotEvent, type Step } from '../../../src/core/compaction/slot.ts'
import { must } from './broken-invariant.ts'

/** What somebody knows of a slot who sees its events and commands only. */
export interface Observed {
  /** A job was commanded and has not ended. */
  readonly isRunning: boolean
  readonly hasCandidate: boolean
  /** Pressure rose while the slot was taken, and nobody has looked at it since. */
  readonly isOwed: boolean
  /** Jobs that failed in a row. */
  readonly failures: number
  /** Tokens below which pressure has to wait. */
  readonly waitsFor: number
}

export const NOTHING_SEEN: Observed = {
  isRunning: false,
  hasCandidate: false,
  isOwed: false,
  failures: 0,
  waitsFor: 0,
}

/** Failures in a row that the rules allow. */
const ALLOWED = 3

/** Checks one step of the slot against the rules, and sees it. */
export function observe(seen: Observed, event: SlotEvent, { slot, command }: Step): Observed {
  const wanted = expectedCommand(seen, event)
  must(command.do === wanted, `${event.type} commands ${command.do} instead of ${wanted}`)
  const next = afterEvent(seen, event, wanted)
  const status = next.isRunning
    ? 'running'
    : next.hasCandidate
      ? 'ready'
      : next.failures >= ALLOWED
        ? 'paused'
        : 'idle'
  must(slot.status === status, `after ${event.type} the slot is ${slot.status}, not ${status}`)
  must(slot.failures === next.failures, `it counts ${slot.failures} failures`)
  return next
}

function expectedCommand(
  { isRunning, hasCandidate, isOwed, failures, waitsFor }: Observed,
  event: SlotEvent,
): Step['command']['do'] {
  switch (event.type) {
    case 'pressure-rose': {
      const isFree = !isRunning && !hasCandidate && failures < ALLOWED
      return isFree && event.tokens >= waitsFor ? 'start-job' : 'nothing'
    }
    case 'requested':
      return isRunning ? 'nothing' : 'start-job'
    case 'skipped':
    case 'rejected':
    case 'abandoned':
      return isRunning && isOwed && !event.byPerson ? 'look-again' : 'nothing'
    case 'failed':
      return isRunning && failures + 1 < ALLOWED ? 'look-again' : 'nothing'
    case 'applied':
    case 'discarded':
      return hasCandidate && !isRunning ? 'look-again' : 'nothing'
    case 'candidate-ready':
    case 'reset':
      return 'nothing'
  }
}

function afterEvent(seen: Observed, event: SlotEvent, command: Step['command']['do']): Observed {
  // Whoever starts a job looks at the session anew, and whoever is told to look does.
  if (command === 'start-job') {
    const failures = seen.failures >= ALLOWED ? 0 : seen.failures
    return { ...NOTHING_SEEN, isRunning: true, failures }
  }
  if (event.type === 'pressure-rose' && seen.isRunning) return { ...seen, isOwed: true }
  if (event.type === 'reset') return seen.isRunning || seen.hasCandidate ? seen : NOTHING_SEEN
  if (!seen.isRunning) return command === 'look-again' ? NOTHING_SEEN : seen
  switch (event.type) {
    case 'candidate-ready':
      return { ...NOTHING_SEEN, hasCandidate: true }
    case 'failed':
      return { ...NOTHING_SEEN, failures: seen.failures + 1 }
    case 'abandoned':
    case 'skipped':
    case 'rejected': {
      const waits = event.type !== 'abandoned' || event.byPerson === true
      const waitsFor = waits ? event.tokens + event.budgetTokens * RETRY_GROWTH : 0
      return { ...NOTHING_SEEN, failures: seen.failures, waitsFor }
    }
    default:
      return seen
  }
}
