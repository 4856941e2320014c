import { EDIT_QUERY, editCandidate, type EditCandidate } from '../core/compaction/edit-candidate.ts'
import type { SessionCell } from './session-cell.ts'

/**
 * Makes a candidate of the head with its rules and facts as the vault and the person want them. It is applied like
 * any other.
 *
 * @param reason - Why, for the job's row.
 * @see SPEC.md rules VAULT8, VAULT11
 */
export async function editHead(
  cell: SessionCell,
  owner: string,
  reason: string,
): Promise<EditCandidate> {
  const { ports, id } = cell
  const count = (text: string): number => ports.tokeniser.count(text)
  const made = await ports.store.commit({ session: id, ...EDIT_QUERY }, (read) =>
    editCandidate(read, owner, reason, count, ports.clock.now()),
  )
  if (made.kind === 'none') return made
  cell.know(made.session)
  const { n: generation, categoriesAfter: after } = made.generation
  cell.emit(
    { type: 'candidate-ready', job: made.job.n, generation },
    { before: made.session.tokens.context, after },
  )
  ports.notices.post({ session: id, kind: 'job' })
  return made
}
