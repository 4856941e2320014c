import {
  addEvidence,
  probationNow,
  weighRecalls,
  type Evidence,
} from '../core/compaction/probation.ts'
import type { Message, Seq } from '../core/session/message.ts'
import { reviseSession } from '../core/session/session-row.ts'
import { withDeadline } from './deadline.ts'
import type { SessionCell } from './session-cell.ts'

/** Longest wait of a turn for what is being looked up, in milliseconds. */
const MAX_WAIT_MS = 50
/** Longest time in which one message is looked at, in milliseconds. */
const EXAMINE_DEADLINE_MS = 10_000

/** Watches the turns after an apply for evidence that the fold lost something. */
export interface ProbationWatch {
  /** Looks at messages that were appended just now. Never waits, never throws. */
  look(added: readonly Message[]): void
  /** The model recalled these messages. */
  recalled(seqs: readonly Seq[]): void
  /** Resolves once everything seen so far is weighed, or after a moment. */
  settled(): Promise<void>
  /** Ends what is being looked up. */
  stop(): void
}

/**
 * Finds evidence and stores it in the session's row. What follows from it happens when the next turn
 * starts, so that a context never changes in the middle of one.
 *
 * @see SPEC.md rules PROB1–PROB6
 */
export function createProbationWatch(cell: SessionCell): ProbationWatch {
  const { ports, id } = cell
  let pending: Promise<void> = Promise.resolve()
  let waiting = 0
  let recalls = { generation: 0, count: 0 }
  const stopping = new AbortController()

  const enqueue = (work: () => Promise<void>): void => {
    // Evidence that cannot be looked up is no evidence.
    waiting += 1
    pending = pending
      .then(work)
      .catch(() => {})
      .finally(() => {
        waiting -= 1
      })
  }

  /** Evidence against one generation says nothing about another that was applied meanwhile. */
  const record = async (generation: number, piece: Evidence): Promise<void> => {
    const row = await ports.store.commit({ session: id }, ({ session }) => {
      const probation = session && probationNow(session)
      if (!session || probation?.generation !== generation) return { writes: [], outcome: session }
      const after = reviseSession(session, { probation: addEvidence(probation, piece) })
      return { writes: [{ table: 'sessions', row: after }], outcome: after }
    })
    if (row) cell.know(row)
  }

  const examine = async (generation: number, seq: Seq): Promise<void> => {
    const { signal } = stopping
    const examined = await withDeadline(ports.clock, EXAMINE_DEADLINE_MS, signal, (inner) =>
      ports.examiner.examine({ session: id, seq }, inner),
    )
    if (examined.kind === 'done' && examined.value) await record(generation, examined.value)
  }

  return {
    look(added) {
      const probation = probationNow(cell.row())
      if (!probation) return
      for (const message of added) {
        if (isSpoken(message)) enqueue(() => examine(probation.generation, message.seq))
      }
    },
    recalled(seqs) {
      const { head, mark, nextSeq } = cell.row()
      const covered = seqs.filter((seq) => seq <= mark)
      if (covered.length === 0 || !probationNow(cell.row())) return
      const count = recalls.generation === head ? recalls.count + 1 : 1
      recalls = { generation: head, count }
      const piece = weighRecalls(nextSeq - 1, covered, count)
      if (piece) enqueue(() => record(head, piece))
    },
    async settled() {
      if (waiting === 0) return
      await withDeadline(ports.clock, MAX_WAIT_MS, stopping.signal, () => pending)
    },
    stop: () => stopping.abort(),
  }
}

/** Whether a person or the model said something. */
function isSpoken({ role, parts }: Message): boolean {
  return (role === 'user' || role === 'assistant') && parts.some((part) => part.type === 'text')
}
