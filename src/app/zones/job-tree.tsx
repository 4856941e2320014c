import type { ReactElement } from 'react'
import type { Observable } from '../../client/session.ts'
import type { BlockEntry, JobEntry, SessionJobs } from '../../protocol/job-registry.ts'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import { titleOfSession } from '../run/stored-runs.ts'
import { describeJob, leftOutOf } from '../view/job-line.ts'
import { clockTime, duration } from '../view/token-format.ts'

interface JobTreeProps {
  readonly jobs: Observable<readonly SessionJobs[]>
  /** Id of the session on the page, whose jobs come first. */
  readonly session: string | null
}

/** Blocks of one job that are drawn. */
const MOST_BLOCKS = 60

/** All jobs of all sessions and tabs, live: session, job, block, extractor. */
export function JobTree({ jobs, session }: JobTreeProps): ReactElement {
  const all = useObservable(jobs)
  const own = all.filter((one) => one.session === session)
  const others = all.filter((one) => one.session !== session)
  if (all.length === 0) return <p className="empty">No job yet.</p>
  return (
    <div data-testid="jobs">
      {own.length === 0 && <p className="hint">No job of this session yet.</p>}
      {own.map((one) => (
        <JobRows key={one.session} jobs={one.jobs} />
      ))}
      {others.map((one) => (
        <details key={one.session} className="job-session">
          <summary>
            {titleOfSession(one.session)} <span className="hint">{one.jobs.length} jobs</span>
          </summary>
          <JobRows jobs={one.jobs} />
        </details>
      ))}
    </div>
  )
}

function JobRows({ jobs }: { readonly jobs: readonly JobEntry[] }): ReactElement {
  return (
    <ol className="job-list">
      {jobs.map((job) => (
        <JobRow key={job.n} job={job} />
      ))}
    </ol>
  )
}

function JobRow({ job }: { readonly job: JobEntry }): ReactElement {
  const { state, detail, course, spend } = describeJob(job)
  return (
    <li>
      <div className="job-row">
        <b>{job.n > 0 ? `Job ${job.n}` : 'Job'}</b>
        <span className="status" data-status={job.state}>
          {state}
        </span>
        <time className="hint">
          {clockTime(job.startedAt)}
          {job.endedAt !== null && `, ${duration(job.endedAt - job.startedAt)}`}
        </time>
      </div>
      <p className="hint">{detail}</p>
      <p className="hint">
        {course}
        {spend !== null && `, ${spend}`}
      </p>
      {leftOutOf(job).map((text) => (
        <p key={text} className="hint left-out">
          left out: {text}
        </p>
      ))}
      {job.blocks.length > 0 && (
        <details className="job-blocks">
          <summary>Blocks</summary>
          <ol>
            {job.blocks.slice(0, MOST_BLOCKS).map((block) => (
              <BlockRow key={block.from} block={block} />
            ))}
          </ol>
          {job.blocks.length > MOST_BLOCKS && (
            <p className="hint">and {job.blocks.length - MOST_BLOCKS} more</p>
          )}
        </details>
      )}
    </li>
  )
}

function BlockRow({ block }: { readonly block: BlockEntry }): ReactElement {
  return (
    <li>
      <span className="block-range">
        #{block.from}–{block.to}
      </span>
      {block.extractors.map(({ name, state, reason }) => (
        <span key={name} className="extractor" data-state={state} title={reason}>
          {name} <span className="visually-hidden">{state}</span>
        </span>
      ))}
    </li>
  )
}
