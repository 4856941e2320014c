import type { ReactElement } from 'react'
import { useMemo, useState } from 'react'
import { useRequest } from '../../src/app/hooks/use-request.ts'
import { diffTexts, type DiffRun } from './diff-texts.ts'
import { LABELS } from './labels.ts'
import type { PanelWorld } from './world.ts'

interface RequestDiffProps {
  readonly world: PanelWorld
  readonly id: string
}

/** What was changed in the body of a request, line by line. It came from a page: drawn as text. */
export function RequestDiff({ world, id }: RequestDiffProps): ReactElement {
  const { value, loading, problem } = useRequest(`bodies ${id}`, () => world.ask('bodies', { id }))
  const runs = useMemo(
    () => (value === null ? null : diffTexts(value.before, value.after)),
    [value],
  )
  if (loading && value === null) return <div className="skeleton" aria-busy="true" />
  if (runs === null) {
    return <p className="hint">{problem === null ? LABELS.requests.gone : problem.message}</p>
  }
  return (
    <div className="body-diff" role="group" aria-label={LABELS.requests.changes} tabIndex={0}>
      {runs.map((run, at) => (
        <Run key={at} run={run} />
      ))}
    </div>
  )
}

/** Lines drawn of a run at first, and with each further step; what both have is only counted. */
const STEP = { same: 3, changed: 60 }
/** Most characters drawn of one line: a whole message is one line of JSON. */
const MOST_CHARACTERS = 1_500

function Run({ run: { kind, lines } }: { readonly run: DiffRun }): ReactElement {
  const [steps, setSteps] = useState(1)
  if (kind === 'same' && lines.length > STEP.same && steps === 1) {
    return (
      <button type="button" className="diff-same link" onClick={() => setSteps(2)}>
        {LABELS.requests.same(lines.length)}
      </button>
    )
  }
  const drawn = lines.slice(0, STEP.changed * steps)
  const left = lines.length - drawn.length
  return (
    <div data-change={kind}>
      {kind !== 'same' && (
        <span className="visually-hidden">
          {kind === 'added' ? LABELS.requests.added : LABELS.requests.removed}
        </span>
      )}
      {drawn.map((line, at) => (
        <code key={at}>
          {clip(line)}
          {'\n'}
        </code>
      ))}
      {left > 0 && (
        <button type="button" className="link" onClick={() => setSteps(steps + 1)}>
          {LABELS.requests.more(left)}
        </button>
      )}
    </div>
  )
}

function clip(line: string): string {
  const more = line.length - MOST_CHARACTERS
  return more <= 0
    ? line
    : line.slice(0, MOST_CHARACTERS).toWellFormed() + LABELS.requests.clipped(more)
}
