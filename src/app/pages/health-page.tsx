import type { ReactElement } from 'react'
import { useState } from 'react'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import { summariseHealth, type HealthSummary } from '../keep/health-summary.ts'
import { writeReport } from '../keep/health-report.ts'
import { describeIntegrity, type IntegrityWords } from '../keep/integrity-words.ts'
import type { Keep, KeepState } from '../keep/keep-world.ts'
import { listSessions } from '../keep/kept-session.ts'
import { useRequest } from '../hooks/use-request.ts'
import { go } from '../shell/use-route.ts'
import { reasonText } from '../view/reason-text.ts'
import { clockTime, fullTokens, shortTokens } from '../view/token-format.ts'
import type { Job } from '../../core/compaction/job.ts'
import type { SessionState } from '../../protocol/events.ts'
import { PROTOCOL_VERSION } from '../../protocol/version.ts'

interface HealthPageProps {
  readonly keep: Keep
  readonly state: KeepState
  /** The session that is looked at; null for the newest. */
  readonly id: string | null
}

/** What is known of one session's folds. */
interface Looked {
  readonly state: SessionState
  readonly jobs: readonly Job[]
  readonly summary: HealthSummary
}

/** How the folds of each session do, whether its data is whole, what it cost, and what went wrong lately. */
export function HealthPage({ keep, state, id }: HealthPageProps): ReactElement {
  const sessions = listSessions(state.sessions ?? [], { archived: false, tags: [] })
  const chosen = id ?? sessions[0]?.id ?? null
  // One that is not there would be made by opening it.
  const isOpen = state.phase === 'open' && state.sessions?.some((one) => one.id === chosen) === true
  const looked = useRequest(chosen !== null && isOpen ? `health ${chosen}` : null, () =>
    look(keep, chosen ?? ''),
  )
  const [integrity, setIntegrity] = useState<{
    readonly id: string
    readonly words: IntegrityWords
  } | null>(null)
  const known = integrity !== null && integrity.id === chosen ? integrity.words : null
  return (
    <div className="paper" data-testid="health">
      <h1>Health</h1>
      {chosen === null ? (
        <p className="empty">There is no session yet whose health could be looked at.</p>
      ) : (
        <label className="form">
          Session
          <select
            value={chosen}
            onChange={({ target }) => go({ page: 'health', id: target.value }, true)}
            data-testid="health-session"
          >
            {!sessions.some((one) => one.id === chosen) && <option value={chosen}>{chosen}</option>}
            {sessions.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      )}
      {chosen !== null && state.sessions !== null && !isOpen && (
        <p className="empty">This session is not here: it was deleted, or is kept elsewhere.</p>
      )}
      {looked.problem !== null && (
        <p className="failed" role="alert">
          {looked.problem.message} {looked.problem.advice}
        </p>
      )}
      {looked.value === null && looked.loading && <div className="skeleton" aria-busy="true" />}
      {looked.value !== null && chosen !== null && (
        <>
          <Folds looked={looked.value} />
          <Integrity
            keep={keep}
            id={chosen}
            words={known}
            onWords={(words) => setIntegrity({ id: chosen, words })}
          />
        </>
      )}
      <Errors keep={keep} />
      {looked.value !== null && (
        <CopyReport keep={keep} state={state} looked={looked.value} integrity={known} />
      )}
    </div>
  )
}

async function look(keep: Keep, id: string): Promise<Looked> {
  const session = await (await keep.backfold()).session(id)
  const [jobs, generations] = await Promise.all([session.jobs(), session.generations()])
  const state = session.state.get()
  return { state, jobs, summary: summariseHealth({ state, jobs, generations }) }
}

/** Jobs listed, the newest. */
const MOST_JOBS = 20

function Folds({ looked }: { readonly looked: Looked }): ReactElement {
  const { state, jobs, summary } = looked
  return (
    <>
      <section className="panel" aria-labelledby="warnings" data-testid="health-warnings">
        <h2 id="warnings">{summary.warnings.length === 0 ? 'All is well' : 'To look at'}</h2>
        {summary.warnings.length === 0 && (
          <p>Folding works; nothing goes round in circles and nothing was rolled back.</p>
        )}
        <ul className="lines">
          {summary.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
        <p className="hint">{state.nextAction}</p>
      </section>
      <section className="panel" aria-labelledby="cost">
        <h2 id="cost">Cost and gain</h2>
        <dl className="pairs">
          <dt>Tokens saved in the next request</dt>
          <dd data-testid="tokens-saved">{fullTokens(summary.tokensSaved)}</dd>
          <dt>Calls to models for folds</dt>
          <dd>
            {fullTokens(summary.calls)} ({shortTokens(summary.tokensSpent)} tokens)
          </dd>
          <dt>Generations applied</dt>
          <dd>{fullTokens(summary.applied)}</dd>
        </dl>
      </section>
      <section className="panel" aria-labelledby="compactions">
        <h2 id="compactions">Compactions</h2>
        {jobs.length === 0 && <p className="empty">Nothing was folded yet.</p>}
        <ol className="lines" data-testid="health-jobs">
          {jobs.slice(0, MOST_JOBS).map((job) => (
            <li key={job.n}>
              <strong>
                {job.n}: {job.state}
              </strong>{' '}
              {job.reason !== undefined && `${reasonText(job.reason)}. `}
              <span className="hint">
                messages {job.from}–{job.mark}, {shortTokens(job.tokensBefore)}
                {job.tokensAfter !== undefined && ` → ${shortTokens(job.tokensAfter)}`} tokens
              </span>
            </li>
          ))}
        </ol>
        {summary.leftOut.length > 0 && (
          <>
            <h3>Left out</h3>
            <ul className="lines">
              {summary.leftOut.map(({ what, count }) => (
                <li key={what}>
                  {what}
                  {count > 1 && ` (${count} times)`}
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
    </>
  )
}

interface IntegrityProps {
  readonly keep: Keep
  readonly id: string
  readonly words: IntegrityWords | null
  readonly onWords: (words: IntegrityWords) => void
}

function Integrity({ keep, id, words, onWords }: IntegrityProps): ReactElement {
  const [isBusy, setBusy] = useState(false)
  const verify = async (): Promise<void> => {
    setBusy(true)
    const found = await keep.attempt('checking the integrity', async (own) =>
      (await own.session(id)).verify(),
    )
    setBusy(false)
    if (found !== null) onWords(describeIntegrity(found))
  }
  return (
    <section className="panel" aria-labelledby="integrity">
      <h2 id="integrity">Integrity</h2>
      <p role="status" data-testid="integrity-said">
        {isBusy ? 'Reading everything …' : (words?.title ?? 'Not looked at yet.')}
      </p>
      {words !== null && words.damages.length > 0 && (
        <ul className="lines">
          {words.damages.map((damage) => (
            <li key={damage}>{damage}</li>
          ))}
        </ul>
      )}
      <div className="button-row">
        <button
          type="button"
          className="plain"
          disabled={isBusy}
          onClick={() => void verify()}
          data-testid="verify"
        >
          Check every message, fold and artifact
        </button>
      </div>
    </section>
  )
}

function Errors({ keep }: { readonly keep: Keep }): ReactElement {
  const errors = useObservable(keep.errors)
  return (
    <section className="panel" aria-labelledby="errors">
      <h2 id="errors">Last errors</h2>
      {errors.length === 0 && <p className="empty">None.</p>}
      <ol className="lines">
        {errors.slice(0, 20).map(({ at, code, during }, index) => (
          <li key={index}>
            <time dateTime={new Date(at).toISOString()}>
              {new Date(at).toLocaleDateString()} {clockTime(at)}
            </time>{' '}
            <code>{code}</code> while {during}
          </li>
        ))}
      </ol>
      {errors.length > 0 && (
        <button type="button" className="link" onClick={keep.errors.clear}>
          Forget them
        </button>
      )}
    </section>
  )
}

function CopyReport({
  keep,
  state,
  looked,
  integrity,
}: {
  readonly keep: Keep
  readonly state: KeepState
  readonly looked: Looked
  readonly integrity: IntegrityWords | null
}): ReactElement {
  const [said, setSaid] = useState('')
  const copy = async (): Promise<void> => {
    const text = writeReport({
      release: `protocol ${PROTOCOL_VERSION}`,
      browser: navigator.userAgent,
      sessions: state.sessions?.length ?? 0,
      health: looked.summary,
      session: {
        messages: looked.state.messages,
        log: looked.state.tokens.log,
        context: looked.state.tokens.context,
      },
      integrity: integrity?.kind ?? 'unknown',
      errors: keep.errors.get(),
    })
    await navigator.clipboard.writeText(text).then(
      () => setSaid('Copied. No message is in it.'),
      () => setSaid('This browser does not allow copying here.'),
    )
  }
  return (
    <div className="button-row">
      <button type="button" className="plain" onClick={() => void copy()} data-testid="copy-report">
        Copy a report without content
      </button>
      <span className="hint" role="status">
        {said}
      </span>
    </div>
  )
}
