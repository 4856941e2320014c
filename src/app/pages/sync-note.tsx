import type { ReactElement } from 'react'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import type { SessionState } from '../../protocol/events.ts'
import type { KeepSync } from '../keep/keep-sync.ts'
import { unsentText } from '../view/sync-words.ts'

interface SyncNoteProps {
  readonly sync: KeepSync
  readonly session: SessionState
}

/** What other devices don't know yet of a session, and what they do with it. */
export function SyncNote({ sync, session }: SyncNoteProps): ReactElement | null {
  const { status } = useObservable(sync)
  if (status.phase === 'off') return null
  const folding = status.jobsElsewhere.find((job) => job.session === session.session)
  const unsent = session.sync ? unsentText(session.newest, session.sync.confirmed) : ''
  if (folding === undefined && unsent === '') return null
  return (
    <p className="hint sync-note" role="status" data-testid="sync-note">
      {folding !== undefined && (
        <span>
          This session is being folded on <bdi>{folding.device}</bdi>.{' '}
        </span>
      )}
      {unsent}
    </p>
  )
}
