import type { ReactElement } from 'react'
import { useEffect, useReducer } from 'react'
import { useObservable } from '../../src/widget/hooks/use-observable.ts'
import type { ExtensionSettings } from '../settings/extension-settings.ts'
import { ChatGauge } from './chat-gauge.tsx'
import { ChatList } from './chat-list.tsx'
import { ChatView, Loading } from './chat-view.tsx'
import { HandOffView } from './hand-off-view.tsx'
import { IntroView } from './intro-view.tsx'
import { LABELS } from './labels.ts'
import { Live, useSay } from './live.tsx'
import { Notices } from './notices.tsx'
import {
  FIRST_CHOICE,
  noticesOf,
  stepPanel,
  viewOf,
  type PanelChoice,
  type PanelStep,
  type PanelView,
} from './panel-core.ts'
import { originOfView } from './origin-of-view.ts'
import { PanelHead } from './panel-head.tsx'
import { SiteView } from './site-view.tsx'
import { EnableButton, StateCard } from './state-card.tsx'
import type { PanelWorld } from './world.ts'

/** The side panel: how full the chat of the tab is, what is behind it, and the ways on. */
export function PanelPage({ world }: { readonly world: PanelWorld }): ReactElement {
  return (
    <Live>
      <Panel world={world} />
    </Live>
  )
}

function Panel({ world }: { readonly world: PanelWorld }): ReactElement {
  const facts = {
    settings: useObservable(world.settings),
    granted: useObservable(world.granted),
    host: useObservable(world.host),
    shown: useObservable(world.shown),
    tabs: useObservable(world.tabs),
    isPrivate: world.isPrivate,
  }
  const { settings, tabs, shown } = facts
  const view = viewOf(facts)
  const [choice, onStep] = useReducer(stepPanel, FIRST_CHOICE)
  const session = view.kind === 'chat' ? view.session : null
  useEffect(() => onStep({ type: 'other-chat' }), [session])
  const say = useSay()
  // What came of something elsewhere is no news here.
  useEffect(() => say(''), [say, choice.screen, choice.tab])
  const toMain = (): void => onStep({ type: 'screen', screen: 'main' })
  const isIntro = choice.screen === 'intro' || settings?.isIntroduced === false
  return (
    <div className="side" data-view={view.kind}>
      {settings !== null && !isIntro && (
        <PanelHead world={world} view={view} settings={settings} onStep={onStep} />
      )}
      <main className="side-main" id="main">
        {isIntro ? (
          <IntroView
            site={view.kind === 'no-access' && <EnableButton world={world} origin={view.origin} />}
            onDone={() => {
              toMain()
              if (settings?.isIntroduced === false) void world.change({ isIntroduced: true })
            }}
          />
        ) : choice.screen === 'chats' ? (
          <ChatList
            tabs={tabs}
            shown={shown?.tab ?? null}
            onChoose={(tab) => {
              void world.follow(tab)
              toMain()
            }}
            onBack={toMain}
          />
        ) : (
          <Shown {...{ world, view, settings, choice, onStep, toMain }} />
        )}
      </main>
    </div>
  )
}

interface ShownProps {
  readonly world: PanelWorld
  readonly view: PanelView
  readonly settings: ExtensionSettings | null
  readonly choice: PanelChoice
  readonly onStep: (step: PanelStep) => void
  readonly toMain: () => void
}

/** What is shown of the tab. */
function Shown({ world, view, settings, choice, onStep, toMain }: ShownProps): ReactElement {
  const origin = originOfView(view)
  if (choice.screen === 'site' && settings !== null && origin !== null) {
    return <SiteView world={world} settings={settings} origin={origin} onBack={toMain} />
  }
  if (choice.screen === 'hand-off' && view.kind === 'chat') {
    const { state, session } = view
    return (
      <HandOffView key={session} world={world} state={state} session={session} onBack={toMain} />
    )
  }
  return (
    <>
      <Notices world={world} notices={noticesOf(view, settings)} health={healthOf(view)} />
      {view.kind === 'connecting' && (
        <>
          <p className="visually-hidden" role="status">
            {LABELS.connecting}
          </p>
          <Loading />
        </>
      )}
      {settings !== null &&
        'state' in view &&
        (view.kind === 'chat' || view.state.gauge !== null) && (
          <ChatGauge world={world} settings={settings} state={view.state} />
        )}
      {view.kind === 'chat' && (
        <>
          <div className="lead-on">
            <button
              type="button"
              className="primary"
              onClick={() => onStep({ type: 'screen', screen: 'hand-off' })}
              data-testid="continue"
            >
              {LABELS.handOff.open}
            </button>
          </div>
          <ChatView
            key={view.session}
            world={world}
            state={view.state}
            session={view.session}
            choice={choice}
            onStep={onStep}
          />
        </>
      )}
      {view.kind !== 'chat' && view.kind !== 'connecting' && (
        <StateCard world={world} view={view} />
      )}
    </>
  )
}

function healthOf(view: PanelView): string {
  return 'state' in view ? view.state.health.detail : ''
}
