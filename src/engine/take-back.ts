import { showsLoss } from '../core/compaction/probation.ts'
import type { Seq } from '../core/session/message.ts'
import { reviseSession } from '../core/session/session-row.ts'
import { refresh, type JobSlot } from './job-slot.ts'
import type { SessionCell } from './session-cell.ts'
import { rollBackTo, setPin } from './session-history.ts'

/** Most messages that are pinned to mend a fold. */
const MAX_MENDED = 3

/**
 * Takes the head generation back if its probation shows that it lost something: rolls back to the one
 * before, or, where that would not fit, pins the messages that are missed and ends the probation.
 *
 * Runs when a turn starts, inside {@link SessionCell.exclusive}.
 *
 * @returns Whether the context has changed.
 * @see SPEC.md rules PROB6, PROB7
 */
export async function takeBackWhereLost(cell: SessionCell, slot: JobSlot): Promise<boolean> {
  const { probation, head, policy } = cell.row()
  // Evidence is found during the probation only; that of its last turn counts when the next begins.
  if (probation?.generation !== head || !showsLoss(probation, policy.probation)) return false
  const { generations } = await cell.ports.store.read({
    session: cell.id,
    generations: [head],
  })
  const reason = probation.evidence.map(({ detail }) => detail).join('; ')
  const parent = generations[0]?.parent ?? 0
  const outcome = await rollBackTo(cell, slot, parent, { reason, generation: head })
  if (outcome.kind === 'rolled-back') return true
  await refresh(cell)
  // Another tab has moved the head meanwhile: the evidence was about another one.
  if (cell.row().head !== head) return true
  return mend(cell, head, reason)
}

async function mend(cell: SessionCell, generation: number, reason: string): Promise<boolean> {
  const { evidence } = cell.row().probation ?? { evidence: [] }
  const covered = [...new Set(evidence.flatMap((piece) => piece.covered))]
  const before = cell.row().tokens.context
  const pinned: Seq[] = []
  for (const seq of covered.slice(0, MAX_MENDED)) {
    // A pin may be refused, because there are many or the message is gone.
    const pins: readonly Seq[] = await setPin(cell, seq, true).catch(() => [])
    if (pins.includes(seq)) pinned.push(seq)
  }
  const row = await cell.ports.store.commit({ session: cell.id }, ({ session }) => {
    // Another generation that was applied meanwhile keeps its own.
    if (session?.probation?.generation !== generation) return { writes: [], outcome: session }
    const after = reviseSession(session, { probation: null })
    return { writes: [{ table: 'sessions', row: after }], outcome: after }
  })
  if (row) cell.know(row)
  cell.emit(
    { type: 'mended', generation, pinned, reason },
    { before, after: cell.row().tokens.context },
  )
  return pinned.length > 0
}
