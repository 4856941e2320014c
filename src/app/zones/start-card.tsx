import type { ReactElement } from 'react'
import type { PlaygroundState } from '../run/playground.ts'
import { fullTokens } from '../view/token-format.ts'
import { Icon } from './icon.tsx'

interface NothingChosenProps {
  readonly state: PlaygroundState
  readonly onChoose: () => void
}

interface StartCardProps extends NothingChosenProps {
  readonly onStart: () => void
}

/** What a stranger sees first: one session, one sentence, one button. */
export function StartCard({ state, onStart, onChoose }: StartCardProps): ReactElement {
  const { chosen, file } = state
  if (chosen === null) return <NothingChosen state={state} onChoose={onChoose} />
  const messages = file?.drafts.length ?? chosen.messages
  const repairs = file?.repairs.length ?? 0
  const replays = file !== null
  return (
    <div className="start-card">
      <p className="eyebrow">{replays ? 'A recorded session' : 'A session'}</p>
      <h2>{chosen.title}</h2>
      <p className="lead">
        {replays
          ? 'It plays as if live, and Backfold folds its history in the background: what a model would be sent stays under the budget while you watch, or type.'
          : 'Whatever is said here is kept in the log, and Backfold folds it in the background: what a model is sent stays under the budget.'}
      </p>
      <div className="start-row">
        <button
          type="button"
          className="primary start"
          onClick={onStart}
          disabled={state.phase !== 'open' || state.starting}
          data-testid="start"
        >
          <Icon name="play" />
          {state.starting || state.phase === 'opening' ? 'Opening …' : replays ? 'Start' : 'Open'}
        </button>
        <button type="button" className="link" onClick={onChoose}>
          or choose another session
        </button>
      </div>
      <div className="start-facts">
        {chosen.description !== '' && <p>{chosen.description}</p>}
        <dl className="facts">
          {chosen.tokens !== null && <Fact name="Tokens" value={chosen.tokens} />}
          {messages !== null && <Fact name="Messages" value={messages} />}
          <Fact name="Budget" value={state.budget} />
        </dl>
        {repairs > 0 && (
          <p className="hint">
            {repairs} {repairs === 1 ? 'place' : 'places'} in this recording had to be repaired.
          </p>
        )}
      </div>
    </div>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: number }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{fullTokens(value)}</dd>
    </div>
  )
}

/** Before there is anything to start: the lists are being read, or hold nothing. */
function NothingChosen({ state, onChoose }: NothingChosenProps): ReactElement {
  const { listed, reading } = state
  return listed && reading === null ? (
    <div className="start-card">
      <h2>No session here yet</h2>
      <p className="lead">
        Drop a session file on the page, or begin a blank session and type or go live.
      </p>
      <button type="button" className="primary" onClick={onChoose}>
        Choose a session
      </button>
    </div>
  ) : (
    <div className="start-card" aria-busy="true">
      <p className="lead">
        {reading === null ? 'Reading the list of sessions …' : `Reading ${reading.title} …`}
      </p>
      <div className="skeleton" />
      <div className="skeleton short" />
    </div>
  )
}
