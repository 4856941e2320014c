import type { ReactElement } from 'react'
import { useState } from 'react'
import type { SummaryTrial } from '../../protocol/summariser-status.ts'
import type { RunView } from '../run/run-view.ts'
import type { LadderState, Stretch, SummariserLadder } from '../run/summariser-ladder.ts'
import type { Problem } from '../view/error-advice.ts'
import { describeProblem } from '../view/error-advice.ts'
import { describeTrial, kindName } from '../view/step-words.ts'
import { readStretch, usualStretch } from '../view/stretch-form.ts'
import { DigestLines } from './digest-lines.tsx'
import { PagedText } from './paged-text.tsx'
import { ProblemBanner } from './problem-banner.tsx'

interface SummariserCompareProps {
  readonly ladder: SummariserLadder
  readonly state: LadderState
  readonly run: RunView | null
  readonly onOpenMessage: (seq: number) => void
}

/** One of the two that are compared. */
interface Side {
  readonly name: string
  /** Null for the built-in summariser. */
  readonly step: number | null
  readonly outcome: SummaryTrial | Problem | 'asking' | null
}

/** Stands for the built-in summariser among ids of steps. */
const BUILT_IN = '0'

/** What two summarisers make of the same stretch, side by side. Nothing of it is stored. */
export function SummariserCompare(props: SummariserCompareProps): ReactElement {
  const { ladder, state, run, onOpenMessage } = props
  const newest = run?.state.newest ?? 0
  const [picks, setPicks] = useState<readonly [string, string]>(['', ''])
  const [typed, setTyped] = useState<{ readonly from: string; readonly to: string } | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [sides, setSides] = useState<readonly Side[]>([])
  const options = optionsOf(state)
  const left = known(picks[0], options) ?? options[0]?.id ?? BUILT_IN
  const right = known(picks[1], options) ?? options[1]?.id ?? BUILT_IN
  const shown = typed ?? usualStretch(newest)
  const isAsking = sides.some(({ outcome }) => outcome === 'asking')

  const compare = (): void => {
    const read = readStretch(shown, newest)
    setProblem(read.ok ? null : read.problem)
    if (!read.ok || run === null) return
    const { id: session } = run.session
    setSides(
      [left, right].map((id) => ({
        name: options.find((option) => option.id === id)?.name ?? '',
        step: id === BUILT_IN ? null : Number(id),
        outcome: id === BUILT_IN ? null : 'asking',
      })),
    )
    for (const [at, id] of [left, right].entries()) {
      if (id === BUILT_IN) continue
      void tryOne(ladder, Number(id), session, read.stretch).then((outcome) =>
        setSides((before) => before.map((side, n) => (n === at ? { ...side, outcome } : side))),
      )
    }
  }
  if (run === null) return <p className="empty">Start a session first: it is tried on that.</p>
  if (state.entries.length === 0)
    return <p className="empty">Add a step to the ladder first, to compare it with.</p>
  return (
    <div className="compare" data-testid="compare">
      <form
        className="compare-form"
        aria-label="Compare"
        onSubmit={(event) => {
          event.preventDefault()
          compare()
        }}
      >
        <Pick name="One" value={left} options={options} onPick={(id) => setPicks([id, right])} />
        <Pick name="Other" value={right} options={options} onPick={(id) => setPicks([left, id])} />
        <label>
          From message
          <input
            value={shown.from}
            inputMode="numeric"
            onChange={({ target }) => setTyped({ ...shown, from: target.value })}
            data-testid="compare-from"
          />
        </label>
        <label>
          To message
          <input
            value={shown.to}
            inputMode="numeric"
            onChange={({ target }) => setTyped({ ...shown, to: target.value })}
            data-testid="compare-to"
          />
        </label>
        <button type="submit" className="primary" disabled={isAsking} data-testid="compare-run">
          {isAsking ? 'Asking…' : 'Compare'}
        </button>
      </form>
      {problem !== null && (
        <p className="failed" role="alert">
          {problem}
        </p>
      )}
      <div className="compare-sides" aria-live="polite" aria-busy={isAsking}>
        {sides.map((side, at) => (
          // The two may be the same summariser, asked twice.
          <SideView key={`${at} ${side.step ?? ''}`} side={side} onOpenMessage={onOpenMessage} />
        ))}
      </div>
    </div>
  )
}

async function tryOne(
  ladder: SummariserLadder,
  id: number,
  session: string,
  stretch: Stretch,
): Promise<SummaryTrial | Problem> {
  try {
    return await ladder.tryStep(id, session, stretch)
  } catch (error) {
    return describeProblem(error)
  }
}

interface Option {
  readonly id: string
  readonly name: string
}

/** All that can be compared, the built-in one last. */
function optionsOf({ entries, status }: LadderState): readonly Option[] {
  const isTold = status.steps.length === entries.length
  const steps = entries.map(({ id, choice }, at) => ({
    id: String(id),
    name: `${at + 1}. ${(isTold ? status.steps[at]?.name : undefined) ?? kindName(choice.kind)}`,
  }))
  return [...steps, { id: BUILT_IN, name: 'Built-in summariser (nothing added)' }]
}

function known(id: string, options: readonly Option[]): string | undefined {
  return options.some((option) => option.id === id) ? id : undefined
}

interface PickProps {
  readonly name: string
  readonly value: string
  readonly options: readonly Option[]
  readonly onPick: (id: string) => void
}

function Pick({ name, value, options, onPick }: PickProps): ReactElement {
  return (
    <label>
      {name}
      <select value={value} onChange={({ target }) => onPick(target.value)}>
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.name}
          </option>
        ))}
      </select>
    </label>
  )
}

interface SideViewProps {
  readonly side: Side
  readonly onOpenMessage: (seq: number) => void
}

const NOTE = { lines: 4, chars: 400 }

function SideView({ side, onOpenMessage }: SideViewProps): ReactElement {
  const { name, outcome } = side
  return (
    <section className="compare-side" aria-label={name} data-testid="compare-side">
      <h3>{name}</h3>
      {outcome === 'asking' && (
        <div aria-busy="true">
          <div className="skeleton" />
          <div className="skeleton short" />
        </div>
      )}
      {outcome === null && (
        <p className="hint">Adds no prose: the digest is what code finds. Costs nothing.</p>
      )}
      {outcome !== null && outcome !== 'asking' && 'code' in outcome && (
        <ProblemBanner problem={outcome} onDismiss={null} onRetry={null} />
      )}
      {outcome !== null && outcome !== 'asking' && 'lines' in outcome && (
        <>
          <p className="hint" data-testid="compare-cost">
            {describeTrial(outcome)}
          </p>
          {outcome.notes.map((note, at) => (
            // Two notes may say the same.
            <div key={`${at} ${note.length}`} className="failed">
              <PagedText text={note} head={NOTE} kind="prose" />
            </div>
          ))}
          {(outcome.lines.length > 0 || outcome.notes.length === 0) && (
            <DigestLines lines={outcome.lines} session={null} onOpenMessage={onOpenMessage} />
          )}
        </>
      )}
    </section>
  )
}
