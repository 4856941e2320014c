import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Session } from '../../client/session.ts'
import type { CheckName, CheckResult } from '../../core/session/generation.ts'
import type { GenerationDetail } from '../../protocol/requests.ts'
import { useRequest } from '../hooks/use-request.ts'
import { clockTime, fullTokens, percent } from '../view/token-format.ts'
import { DigestLines } from './digest-lines.tsx'
import { GenerationDiffView } from './generation-diff-view.tsx'
import { GENERATION_STATUS } from './generation-list.tsx'
import { ProblemBanner } from './problem-banner.tsx'
import { PagedText } from './paged-text.tsx'

interface GenerationInspectorProps {
  readonly session: Session
  readonly n: number
  readonly head: number
  /** Changes whenever the list of generations does, so that a status is never stale. */
  readonly revision: string
  readonly onOpenMessage: (seq: number) => void
  readonly onRollback: (n: number) => void
}

type View = 'digest' | 'text' | 'diff'

const VIEWS: readonly (readonly [View, string])[] = [
  ['digest', 'Digest'],
  ['text', 'As the model reads it'],
  ['diff', 'Diff with parent'],
]

/** One generation: what it covers, its checks, its digest with sources, and what it changed. */
export function GenerationInspector(props: GenerationInspectorProps): ReactElement {
  const { session, n, head, revision, onOpenMessage, onRollback } = props
  const [view, setView] = useState<View>('digest')
  const { value, problem, loading } = useRequest(`${session.id} ${n} ${revision}`, () =>
    session.generation(n),
  )
  if (problem !== null) return <ProblemBanner problem={problem} onDismiss={null} onRetry={null} />
  // While another is read, the one before stays: at full speed the head moves several times a second.
  if (value === null)
    return (
      <div className="inspector" aria-busy={loading}>
        <div className="skeleton" />
        <div className="skeleton short" />
      </div>
    )
  return (
    <article
      className="inspector"
      aria-label={`Generation ${value.n}`}
      aria-busy={loading}
      data-testid="inspector"
      data-generation={value.n}
    >
      <InspectorHead detail={value} head={head} onRollback={onRollback} />
      <Checks checks={value.checks} />
      <div className="segmented" role="group" aria-label="View of the generation">
        {VIEWS.map(([key, name]) => (
          <button
            key={key}
            type="button"
            aria-pressed={view === key}
            onClick={() => setView(key)}
            data-testid={`view-${key}`}
          >
            {name}
          </button>
        ))}
      </div>
      {view === 'digest' && (
        <DigestLines
          lines={value.digest}
          session={value.n === head ? session : null}
          onOpenMessage={onOpenMessage}
        />
      )}
      {view === 'text' && (
        <div className="digest-text">
          <PagedText text={value.text} head={{ lines: 200, chars: 8_000 }} kind="output" />
        </div>
      )}
      {view === 'diff' && (
        <GenerationDiffView
          session={session}
          from={value.parent}
          to={value.n}
          onOpenMessage={onOpenMessage}
        />
      )}
    </article>
  )
}

interface InspectorHeadProps {
  readonly detail: GenerationDetail
  readonly head: number
  readonly onRollback: (n: number) => void
}

function InspectorHead({ detail, head, onRollback }: InspectorHeadProps): ReactElement {
  const { n, parent, status, mark, covered, tokensBefore, tokensAfter, appliedAt } = detail
  const saved = tokensBefore > 0 ? 1 - tokensAfter / tokensBefore : 0
  const canReturn = n !== head && status !== 'candidate' && status !== 'rejected'
  return (
    <>
      <div className="panel-head">
        <h3>
          Generation {n}{' '}
          <span className="status" data-status={n === head ? 'head' : status}>
            {n === head ? 'head' : GENERATION_STATUS[status]}
          </span>
        </h3>
      </div>
      <dl className="inspector-facts">
        <dt>Tokens</dt>
        <dd>
          {fullTokens(tokensBefore)} → {fullTokens(tokensAfter)}
          {saved > 0 && ` (${percent(saved)} saved)`}
        </dd>
        <dt>Covers</dt>
        <dd>
          {fullTokens(covered)} messages, up to #{mark}
        </dd>
        <dt>Built on</dt>
        <dd>{parent === 0 ? 'the log itself' : `generation ${parent}`}</dd>
        <dt>Summariser</dt>
        <dd>{detail.summariser}</dd>
        <dt>Made</dt>
        <dd>
          {clockTime(detail.createdAt)}
          {appliedAt !== undefined && `, applied ${clockTime(appliedAt)}`}
        </dd>
      </dl>
      <div className="button-row">
        {canReturn && (
          <button
            type="button"
            className="plain"
            onClick={() => onRollback(n)}
            data-testid="rollback"
          >
            Roll back to generation {n}
          </button>
        )}
        {n === head && (
          <button
            type="button"
            className="plain"
            onClick={() => onRollback(parent)}
            data-testid="rollback-parent"
          >
            {parent === 0 ? 'Unfold all' : `Roll back to generation ${parent}`}
          </button>
        )}
      </div>
    </>
  )
}

const CHECK_NAMES: Readonly<Record<CheckName, string>> = {
  coverage: 'Coverage',
  sources: 'Sources',
  vault: 'Rules in force',
  rules: 'Rules',
  'current-task': 'Current task',
  identifiers: 'Identifiers',
  extractors: 'Extractors',
  unsupported: 'Nothing unsupported',
  language: 'Language kept',
  trajectory: 'Nothing in use lost',
  gain: 'Gain',
}

const OUTCOME_SIGNS = { passed: '✓', mended: '✚', failed: '✕' } as const

function Checks({ checks }: { readonly checks: readonly CheckResult[] }): ReactElement {
  return (
    <ul className="checks" aria-label="Checks" data-testid="checks">
      {checks.map(({ name, outcome, detail }) => (
        <li key={name} data-outcome={outcome}>
          <span className="check-sign" aria-hidden="true">
            {OUTCOME_SIGNS[outcome]}
          </span>
          <span>
            <b>{CHECK_NAMES[name] ?? name}</b> {outcome}
            <span className="hint">{detail}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}
