import type { ReactElement } from 'react'
import type { SessionState } from '../../protocol/events.ts'
import type { RunCommands } from '../run/run-commands.ts'
import { describeProbation, describeSlot } from '../view/job-line.ts'
import { Icon } from './icon.tsx'

interface JobPanelProps {
  readonly state: SessionState | null
  readonly commands: RunCommands | null
  readonly outcome: string | null
}

/** The session's job slot: what runs, why, how far it is, and what a person can do about it. */
export function JobPanel({ state, commands, outcome }: JobPanelProps): ReactElement {
  const glance = state === null ? null : describeSlot(state)
  return (
    <section className="panel job-panel" aria-labelledby="job-title" data-testid="job">
      <div className="panel-head">
        <h2 id="job-title">Job</h2>
        {state !== null && state.health.status !== 'ok' && (
          <p className="level" data-level="hard">
            {state.health.status}: {state.health.reason}
          </p>
        )}
      </div>
      <p className="job-title" data-status={glance?.status ?? 'idle'}>
        <i className="job-light" />
        <span data-testid="job-status">{glance?.title ?? 'No job'}</span>
      </p>
      <p className="hint job-detail">
        {glance?.detail ?? 'A job starts when the context passes the soft threshold.'}
      </p>
      {state !== null && <ProbationLine probation={state.probation} />}
      <div className="job-progress" data-visible={glance?.progress !== null && glance !== null}>
        <progress value={glance?.progress ?? 0} max={1} aria-label="Progress of the job" />
      </div>
      <div className="button-row">
        <button
          type="button"
          className="plain"
          disabled={commands === null}
          onClick={() => void commands?.compact()}
          data-testid="compact"
        >
          <Icon name="fold" /> Compact now
        </button>
        <button
          type="button"
          className="plain"
          disabled={commands === null || state?.candidate == null}
          onClick={() => void commands?.apply()}
          data-testid="apply"
        >
          Apply
        </button>
        <button
          type="button"
          className="plain"
          disabled={commands === null || glance?.progress == null}
          onClick={() => void commands?.cancel()}
          data-testid="cancel"
        >
          Cancel
        </button>
      </div>
      <p className="outcome" aria-live="polite" data-testid="outcome">
        {outcome}
      </p>
    </section>
  )
}

/** How long the newest fold is still watched, and what speaks against it. */
function ProbationLine({
  probation,
}: {
  readonly probation: SessionState['probation']
}): ReactElement | null {
  const words = describeProbation(probation)
  if (words === null) return null
  return (
    <p className="hint job-detail" data-testid="probation">
      {words}
    </p>
  )
}
