import type { ReactElement } from 'react'
import { useEffect, useRef, useState } from 'react'
import type { KeptKeys } from '../run/kept-keys.ts'
import type { LadderState, SummariserLadder } from '../run/summariser-ladder.ts'
import { describeLadderEvent } from '../view/step-words.ts'
import { KeptKeyList } from './kept-key-list.tsx'
import { LadderStepView } from './ladder-step-view.tsx'
import { StepForm } from './step-form.tsx'

interface LadderPanelProps {
  readonly ladder: SummariserLadder
  readonly state: LadderState
  readonly keptKeys: KeptKeys
}

/** The steps, the best first, with what can be done to each and to all. */
export function LadderPanel({ ladder, state, keptKeys }: LadderPanelProps): ReactElement {
  const { entries, status, isChoosing } = state
  const [isAdding, setAdding] = useState(false)
  const [kept, setKept] = useState(() => keptKeys.list())
  const [said, setSaid] = useState('')
  const saidLine = useRef<HTMLParagraphElement>(null)
  const now = useNow(status.steps.some((step) => step.state.status === 'cooling'))
  const say = (text: string): void => {
    setSaid(text)
    setAdding(false)
    // The button is gone, or elsewhere, with what it did; its place is the answer's.
    saidLine.current?.focus()
  }
  return (
    <>
      <p className="hint">
        The first one that may be asked writes the prose of digests; where it fails, the next one
        does. What code finds stands in a digest whoever writes.
      </p>
      <p className="summariser-said" role="status" tabIndex={-1} ref={saidLine}>
        {said}
      </p>
      <ol className="ladder" data-testid="ladder" aria-busy={isChoosing}>
        {entries.map((entry, at) => (
          <LadderStepView
            key={entry.id}
            entry={entry}
            // Of a former ladder until the new one is told.
            step={status.steps.length === entries.length ? (status.steps[at] ?? null) : null}
            at={at}
            count={entries.length}
            now={now}
            isBusy={isChoosing}
            ladder={ladder}
            onSay={say}
          />
        ))}
        <BuiltInStep />
      </ol>
      <LadderButtons
        ladder={ladder}
        state={state}
        isAdding={isAdding}
        onAdding={setAdding}
        onSay={say}
      />
      {isAdding && (
        <StepForm
          onAdd={(choice) => ladder.add(choice)}
          keptKeys={keptKeys}
          onDone={(text) => {
            setKept(keptKeys.list())
            say(text)
          }}
          onCancel={() => setAdding(false)}
        />
      )}
      {kept.length > 0 && (
        <KeptKeyList
          kept={kept}
          keptKeys={keptKeys}
          ladder={ladder}
          onChange={(text) => {
            setKept(keptKeys.list())
            say(text)
          }}
        />
      )}
      <LadderCourse status={status} />
    </>
  )
}

function BuiltInStep(): ReactElement {
  return (
    <li className="ladder-step" data-testid="built-in-step">
      <div className="memory-head">
        <h3>Built-in summariser</h3>
        <span className="status" data-tone="good">
          always there
        </span>
      </div>
      <p className="hint">Code, without a model. Stays on this device. Costs nothing.</p>
    </li>
  )
}

interface LadderButtonsProps {
  readonly ladder: SummariserLadder
  readonly state: LadderState
  readonly isAdding: boolean
  readonly onAdding: (isAdding: boolean) => void
  readonly onSay: (text: string) => void
}

/** What can be done to the ladder as a whole. */
function LadderButtons(props: LadderButtonsProps): ReactElement {
  const { ladder, state, isAdding, onAdding, onSay } = props
  return (
    <div className="button-row">
      <button
        type="button"
        className="plain"
        aria-expanded={isAdding}
        onClick={() => onAdding(!isAdding)}
        data-testid="add-step"
      >
        Add a step
      </button>
      {state.entries.length > 0 && (
        <>
          <button
            type="button"
            className="plain"
            onClick={() => void ladder.reset().then(() => onSay('All steps may be asked again.'))}
            data-testid="reset-ladder"
          >
            Reset
          </button>
          <button
            type="button"
            className="plain"
            disabled={state.isChoosing}
            onClick={() =>
              void ladder.clear().then(() => onSay('Only the built-in summariser is used now.'))
            }
            data-testid="only-built-in"
          >
            Use only the built-in one
          </button>
        </>
      )}
    </div>
  )
}

/** Why calls wait, and what happened on the ladder lately, the newest first. */
function LadderCourse({ status }: { readonly status: LadderState['status'] }): ReactElement {
  const { events, waits } = status
  return (
    <>
      {waits.length > 0 && (
        <section className="memory-group" aria-label="Waiting">
          <h3>Waiting</h3>
          <ul>
            {waits.map((wait) => (
              <li key={wait} className="hint">
                {wait}
              </li>
            ))}
          </ul>
        </section>
      )}
      {events.length > 0 && (
        <section className="memory-group" aria-label="Steps down and up">
          <h3>Steps down and up</h3>
          <ol className="ladder-events" data-testid="ladder-events">
            {events.toReversed().map((event, at) => (
              <li key={events.length - at} data-kind={event.kind}>
                {describeLadderEvent(event)}
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  )
}

const EVERY_MS = 1_000

/** The time, told anew every second while something depends on it. */
function useNow(isMoving: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!isMoving) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), EVERY_MS)
    return () => clearInterval(timer)
  }, [isMoving])
  return now
}
