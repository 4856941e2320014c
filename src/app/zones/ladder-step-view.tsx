import type { ReactElement } from 'react'
import type { SummariserStep } from '../../protocol/summariser-status.ts'
import type { LadderEntry, SummariserLadder } from '../run/summariser-ladder.ts'
import { commandsFor, describeStep, describeTest, kindName } from '../view/step-words.ts'
import { PagedText } from './paged-text.tsx'

interface LadderStepViewProps {
  readonly entry: LadderEntry
  /** What Backfold tells of it; null until it has. */
  readonly step: SummariserStep | null
  /** Its place from 0, of so many. */
  readonly at: number
  readonly count: number
  readonly now: number
  readonly isBusy: boolean
  readonly ladder: SummariserLadder
  /** Tells what came of a button that is gone, or elsewhere, with what it did. */
  readonly onSay: (text: string) => void
}

/** One step: what it is, how it stands, what it cost, and what can be done to it. */
export function LadderStepView(props: LadderStepViewProps): ReactElement {
  const { entry, step, at, now } = props
  const name = step?.name ?? kindName(entry.choice.kind)
  return (
    <li className="ladder-step" data-testid="ladder-step" aria-busy={step === null}>
      <div className="memory-head">
        <h3>
          <span className="hint">{at + 1}.</span> {name}
        </h3>
        {step !== null && (
          <span className="status" data-tone={describeStep(step, now).tone}>
            {describeStep(step, now).badge}
          </span>
        )}
      </div>
      {step === null ? <div className="skeleton" /> : <StepFacts step={step} now={now} />}
      <StepButtons {...props} name={name} />
      <div role="status" className="step-test" data-testid="step-test">
        {entry.test === 'asking' && <p className="hint">Asking…</p>}
        {entry.test !== null && entry.test !== 'asking' && <TestOutcome test={entry.test} />}
      </div>
    </li>
  )
}

function StepFacts({
  step,
  now,
}: {
  readonly step: SummariserStep
  readonly now: number
}): ReactElement {
  const { about, place, line, advice, progress, leftAlone, cost } = describeStep(step, now)
  return (
    <>
      <p className="hint">{about}</p>
      <p className="hint">
        {place} So far: {cost}.
      </p>
      {line !== null && <p data-testid="step-load">{line}</p>}
      {progress !== null && (
        <progress value={progress} max={1} aria-label={`Progress of ${step.name}`} />
      )}
      {leftAlone !== null && (
        <p className="failed" data-testid="step-left-alone">
          {leftAlone}
        </p>
      )}
      {advice !== null && <p className="hint">{advice}</p>}
    </>
  )
}

function StepButtons(props: LadderStepViewProps & { readonly name: string }): ReactElement {
  const { entry, step, at, count, isBusy, ladder, onSay, name } = props
  const { id } = entry
  return (
    <div className="button-row">
      <button
        type="button"
        className="plain"
        disabled={step === null || entry.test === 'asking'}
        onClick={() => void ladder.test(id)}
        aria-label={`Test ${name}`}
        data-testid="test-step"
      >
        Test
      </button>
      {(step === null ? [] : commandsFor(step)).map(({ command, name: what }) => (
        <button
          key={command}
          type="button"
          className="plain"
          onClick={() => void ladder.command(id, command)}
          aria-label={`${what}: ${name}`}
          data-testid={`step-${command}`}
        >
          {what}
        </button>
      ))}
      <button
        type="button"
        className="plain"
        disabled={isBusy || at === 0}
        onClick={() => void ladder.move(id, -1).then(() => onSay(`${name} is moved up.`))}
        aria-label={`Up: move ${name}`}
        data-testid="step-up"
      >
        Up
      </button>
      <button
        type="button"
        className="plain"
        disabled={isBusy || at === count - 1}
        onClick={() => void ladder.move(id, 1).then(() => onSay(`${name} is moved down.`))}
        aria-label={`Down: move ${name}`}
        data-testid="step-down"
      >
        Down
      </button>
      <button
        type="button"
        className="plain"
        disabled={isBusy}
        onClick={() => void ladder.remove(id).then(() => onSay(`${name} is taken off.`))}
        aria-label={`Take off ${name}`}
        data-testid="step-take-off"
      >
        Take off
      </button>
    </div>
  )
}

const ANSWER = { lines: 4, chars: 300 }

function TestOutcome({
  test,
}: {
  readonly test: Exclude<LadderEntry['test'], 'asking' | null>
}): ReactElement {
  const { isGood, text, detail } = describeTest(test)
  return (
    <>
      <p className={isGood ? 'hint' : 'failed'}>{text}</p>
      {isGood ? (
        <PagedText text={detail} head={ANSWER} kind="output" />
      ) : (
        <p className="hint">{detail}</p>
      )}
    </>
  )
}
