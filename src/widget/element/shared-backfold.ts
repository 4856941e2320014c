import { createOpening, type Opening } from '../provider/opening.ts'

const openings = new Map<string, Opening>()

/** The one Backfold of a database that all elements of a page share. @see SPEC.md rule ELEM4 */
export function sharedBackfold(database: string): Opening {
  const known = openings.get(database)
  if (known !== undefined) return known
  const opening = createOpening()
  openings.set(database, opening)
  return opening
}
