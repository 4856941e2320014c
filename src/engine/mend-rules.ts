import type { Applied } from '../core/compaction/apply.ts'
import { editHead } from './edit-head.ts'
import type { SessionCell } from './session-cell.ts'

/**
 * Mends the rules of a generation that was applied just now: since its candidate was made, a person may have added,
 * edited or removed some. One more generation follows at the same natural break, which differs in the rules only.
 *
 * Undefined where nothing is to be mended, or it can't be now: then the next fold does it.
 *
 * @param apply - Applies the ready candidate.
 * @see SPEC.md rule VAULT8
 */
export async function mendRules(
  cell: SessionCell,
  owner: string,
  applied: Applied,
  apply: () => Promise<Applied>,
): Promise<Applied | undefined> {
  if (applied.kind !== 'applied') return undefined
  const { missing, stale } = applied.ruleFaults
  if (missing.length + stale.length === 0) return undefined
  const reason = reasonOf(missing.length, stale.length)
  try {
    const made = await editHead(cell, owner, reason)
    if (made.kind === 'none') return undefined
    const mended = await apply()
    if (mended.kind !== 'applied') return undefined
    const { n: generation } = mended.generation
    cell.emit(
      { type: 'mended', generation, pinned: [], reason },
      { before: mended.before, after: mended.session.tokens.context },
    )
    return { ...mended, extend: mended.extend || applied.extend }
  } catch {
    // The fold is applied whatever becomes of this.
    return undefined
  }
}

function reasonOf(missing: number, stale: number): string {
  const parts = [
    ...(missing > 0 ? [`${missing} rules in force stood nowhere in the context`] : []),
    ...(stale > 0 ? [`${stale} rules stood there otherwise than they are in force`] : []),
  ]
  return parts.join(' and ')
}
