import type { Keep } from './keep-world.ts'
import type { KeptSession } from './kept-session.ts'
import { saveStream } from './save-stream.ts'

/** Ending of Backfold's own archive. */
const ENDING = '.backfold'

/** Writes sessions, or all, as one archive to where a person chooses. */
export async function exportSessions(
  keep: Keep,
  sessions: readonly Pick<KeptSession, 'id' | 'name'>[] | null,
): Promise<void> {
  const [first] = sessions ?? []
  const name = sessions?.length === 1 && first !== undefined ? fileNameOf(first.name) : 'backfold'
  await keep.attempt('exporting', (own) =>
    saveStream(`${name}${ENDING}`, () =>
      own.export(sessions === null ? {} : { sessions: sessions.map(({ id }) => id) }),
    ),
  )
}

/** A name that every file system takes, at most 60 characters. @see SPEC.md rule KEEP17 */
export function fileNameOf(name: string): string {
  const plain = name
    .slice(0, 300)
    .toWellFormed()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 60)
    .toWellFormed()
    .replace(/^-|-$/g, '')
  return plain === '' ? 'session' : plain
}
