import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Endpoint } from '../../widget/chat/ask/endpoint.ts'
import type { Playground, PlaygroundState } from '../run/playground.ts'
import { Composer } from './composer.tsx'
import { LiveAnswerView } from './live-answer-view.tsx'
import { LivePanel } from './live-panel.tsx'
import type { ScrollTarget } from './message-list.tsx'
import { MessageList } from './message-list.tsx'
import { ReplayBar } from './replay-bar.tsx'
import { StartCard } from './start-card.tsx'

interface SessionZoneProps {
  readonly state: PlaygroundState
  readonly playground: Playground
  readonly live: LiveSettings
  readonly onLive: (live: LiveSettings) => void
  readonly target: ScrollTarget | null
  readonly onChoose: () => void
}

/** Live mode, in memory only. */
export interface LiveSettings {
  readonly endpoint: Endpoint
  readonly on: boolean
}

/** The session itself: replay, messages, and where a person types. */
export function SessionZone(props: SessionZoneProps): ReactElement {
  const { state, playground, live } = props
  const [liveOpen, setLiveOpen] = useState(false)
  const run = playground.run()
  const view = state.run
  const endpoint = live.on ? live.endpoint : null

  const say = (text: string): void => {
    void playground.start(false).then((opened) => opened?.say(text, endpoint))
  }
  const restart = (): void => {
    playground.restart()
    void playground.start(true)
  }
  return (
    <main className="zone session-zone" id="session-zone" aria-label="Session">
      {view?.replay && run?.player && (
        <ReplayBar replay={view.replay} player={run.player} onRestart={restart} />
      )}
      {view === null ? (
        <StartCard
          state={state}
          onStart={() => void playground.start(true)}
          onChoose={props.onChoose}
        />
      ) : (
        <MessageList
          key={view.session.id}
          items={view.items}
          mark={view.state.mark}
          generation={view.state.generation}
          pins={view.pins}
          stubbed={view.stubbed}
          target={props.target}
          onPin={playground.setPin}
          onRetry={playground.retry}
        >
          {view.items.length === 0 && <p className="empty">Nothing has been said yet.</p>}
          <LiveAnswerView
            answer={view.answer}
            failure={view.liveFailure}
            onAskAgain={endpoint === null ? null : () => run?.live.ask(endpoint)}
          />
        </MessageList>
      )}
      {liveOpen && (
        <LivePanel
          endpoint={live.endpoint}
          on={live.on}
          onChange={(next, on) => props.onLive({ endpoint: next, on })}
          onClose={() => setLiveOpen(false)}
        />
      )}
      <Composer
        ready={state.phase === 'open' && state.chosen !== null}
        live={live.on}
        replays={state.file !== null}
        answer={view?.answer ?? null}
        onSay={say}
        onStop={() => run?.live.stop()}
        onLive={() => setLiveOpen(true)}
      />
    </main>
  )
}
