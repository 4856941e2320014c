import { unpinWaiting } from '../core/memory/model-pins.ts'
import type { SessionCell } from './session-cell.ts'
import { PIN_REACH } from './session-history.ts'

/**
 * Takes off the pins that a model took off in the middle of a turn, now that another starts.
 *
 * @returns Whether the context may have changed.
 * @see SPEC.md rule MEM4
 */
export async function takeOffWaitingPins(cell: SessionCell): Promise<boolean> {
  const waiting = cell.row().unpinAtTurn ?? []
  for (const seq of waiting) {
    const range = { from: Math.max(1, seq - PIN_REACH), to: seq + PIN_REACH }
    const row = await cell.ports.store.commit({ session: cell.id, head: true, range }, (read) =>
      unpinWaiting(read, seq),
    )
    if (row) cell.know(row)
  }
  return waiting.length > 0
}
