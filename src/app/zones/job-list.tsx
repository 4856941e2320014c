import type { ReactElement } from 'react'
import type { Job } from '../../core/compaction/job.ts'
import { describeJob } from '../view/job-line.ts'
import { clockTime, duration } from '../view/token-format.ts'

/** More are kept, but not drawn. */
const SHOWN = 100

/** All jobs, newest first, each with the reason it ended. */
export function JobList({ jobs }: { readonly jobs: readonly Job[] }): ReactElement {
  if (jobs.length === 0) return <p className="empty">No job yet.</p>
  return (
    <ol className="job-list" data-testid="jobs">
      {jobs.slice(0, SHOWN).map((job) => {
        const { state, detail } = describeJob(job)
        return (
          <li key={job.n}>
            <div className="job-row">
              <b>Job {job.n}</b>
              <span className="status" data-status={job.state}>
                {state}
              </span>
              <span className="hint">
                #{job.from}–{job.mark}
              </span>
              <time className="hint">
                {clockTime(job.startedAt)}
                {job.endedAt !== undefined && `, ${duration(job.endedAt - job.startedAt)}`}
              </time>
            </div>
            <p className="hint">{detail}</p>
          </li>
        )
      })}
      {jobs.length > SHOWN && <li className="hint">and {jobs.length - SHOWN} older ones</li>}
    </ol>
  )
}
