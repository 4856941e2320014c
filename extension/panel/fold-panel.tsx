import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Session } from '../../src/client/session.ts'
import { describeOutcome, describeProbation, describeSlot } from '../../src/app/view/job-line.ts'
import { describeProblem } from '../../src/app/view/error-advice.ts'
import { Icon } from '../../src/app/zones/icon.tsx'
import { useObservable } from '../../src/widget/hooks/use-observable.ts'
import { LABELS } from './labels.ts'
import { useSay } from './live.tsx'

/** What becomes of the chat: the fold under way, and what a person can do about it. */
export function FoldPanel({ session }: { readonly session: Session }): ReactElement {
  const state = useObservable(session.state)
  const [isBusy, setBusy] = useState(false)
  const say = useSay()
  const glance = describeSlot(state)
  const probation = describeProbation(state.probation)
  const act = (work: () => Promise<string>): void => {
    setBusy(true)
    void work()
      .catch((thrown: unknown) => {
        const { message, advice } = describeProblem(thrown)
        return `${message}. ${advice}`
      })
      .then((said) => {
        setBusy(false)
        say(said)
      })
  }
  return (
    <section className="panel" aria-labelledby="fold-title" data-testid="fold">
      <div className="panel-head">
        <h2 id="fold-title">{LABELS.fold.title}</h2>
        {state.health.status !== 'ok' && (
          <p className="level" data-level="hard">
            {state.health.status}: {state.health.reason}
          </p>
        )}
      </div>
      <p className="job-title" data-status={glance.status}>
        <i className="job-light" />
        <span data-testid="fold-status">{glance.title}</span>
      </p>
      <p className="hint">{glance.detail || LABELS.fold.wait}</p>
      {probation !== null && <p className="hint">{probation}</p>}
      <div className="job-progress" data-visible={glance.progress !== null}>
        <progress value={glance.progress ?? 0} max={1} aria-label={LABELS.fold.progress} />
      </div>
      <div className="button-row">
        <button
          type="button"
          className="plain"
          disabled={isBusy || state.messages === 0}
          onClick={() => act(() => foldNow(session))}
          data-testid="fold-now"
        >
          <Icon name="fold" /> {isBusy ? LABELS.fold.busy : LABELS.fold.now}
        </button>
        {state.candidate !== null && (
          <button
            type="button"
            className="plain"
            disabled={isBusy}
            onClick={() => act(async () => describeOutcome(await session.apply()))}
          >
            {LABELS.fold.apply}
          </button>
        )}
        {glance.progress !== null && (
          <button type="button" className="plain" onClick={() => void session.cancel()}>
            {LABELS.fold.cancel}
          </button>
        )}
      </div>
    </section>
  )
}

/** Folds and applies: who asks for it has chosen the moment. */
async function foldNow(session: Session): Promise<string> {
  const outcome = await session.compact()
  return describeOutcome(outcome.kind === 'ready' ? await session.apply() : outcome)
}
