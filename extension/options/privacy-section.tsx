import type { ReactElement } from 'react'
import { useState } from 'react'
import { exportSessions } from '../../src/app/keep/export-sessions.ts'
import type { Keep, KeepState } from '../../src/app/keep/keep-world.ts'
import { DeleteDialog } from '../../src/app/shell/delete-dialog.tsx'
import { OPTION_LABELS } from './option-labels.ts'

/** What is stored where, and how to be rid of all of it. */
export function PrivacySection({
  keep,
  state,
}: {
  readonly keep: Keep
  readonly state: KeepState
}): ReactElement {
  const [isDeleting, setDeleting] = useState(false)
  const sessions = state.sessions ?? []
  const labels = OPTION_LABELS.privacy
  return (
    <>
      <ul className="points">
        {labels.points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
      <div className="button-row">
        <button
          type="button"
          className="plain danger"
          disabled={sessions.length === 0}
          onClick={() => setDeleting(true)}
          data-testid="delete-all"
        >
          {labels.delete}
        </button>
      </div>
      {isDeleting && (
        <DeleteDialog
          sessions={sessions}
          onExport={() => exportSessions(keep, null)}
          onDelete={async () => {
            await keep.remove(sessions.map(({ id }) => id))
          }}
          onClose={() => setDeleting(false)}
        />
      )}
    </>
  )
}
