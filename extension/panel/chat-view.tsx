import type { ReactElement } from 'react'
import { useObservable } from '../../src/widget/hooks/use-observable.ts'
import type { KeptRun } from '../../src/app/run/kept-run.ts'
import type { RunView } from '../../src/app/run/run-view.ts'
import { GaugePanel } from '../../src/app/zones/gauge-panel.tsx'
import { HistoryChart } from '../../src/app/zones/history-chart.tsx'
import { InspectorZone } from '../../src/app/zones/inspector-zone.tsx'
import { ProblemBanner } from '../../src/app/zones/problem-banner.tsx'
import { TabList } from '../../src/app/zones/tab-list.tsx'
import type { TabState } from '../wire/panel-wire.ts'
import { ChatMessages } from './chat-messages.tsx'
import { FoldPanel } from './fold-panel.tsx'
import { LABELS } from './labels.ts'
import { tabsOf, type PanelChoice, type PanelStep } from './panel-core.ts'
import { RequestLog } from './request-log.tsx'
import { useChatRun } from './use-chat-run.ts'
import type { PanelWorld } from './world.ts'

interface ChatViewProps {
  readonly world: PanelWorld
  readonly state: TabState
  readonly session: string
  readonly choice: PanelChoice
  readonly onStep: (step: PanelStep) => void
}

/** All that is known of the chat of a tab, a tab at a time. */
export function ChatView(props: ChatViewProps): ReactElement {
  const { state, choice, onStep } = props
  const run = useChatRun(props.world, props.session)
  const offered = tabsOf(state)
  const tab = offered.includes(choice.tab) ? choice.tab : 'context'
  return (
    <>
      <TabList
        tabs={offered.map((key) => ({ key, name: LABELS.tabs[key] }))}
        chosen={tab}
        onChoose={(key) => {
          const found = offered.find((one) => one === key)
          if (found !== undefined) onStep({ type: 'tab', tab: found })
        }}
        label={LABELS.tabs.label}
        prefix="chat-"
        panel="chat-panel"
        className="tabs chat-tabs"
      />
      <div
        role="tabpanel"
        id="chat-panel"
        className="chat-panel"
        aria-labelledby={`chat-tab-${tab}`}
        data-tab={tab}
      >
        {tab === 'requests' ? (
          <RequestLog world={props.world} origin={state.origin} />
        ) : run === null ? (
          <Loading />
        ) : (
          <Zones {...props} run={run} tab={tab} />
        )}
      </div>
    </>
  )
}

/** The folded context; of a hosted chat with what it is for, as its site sends another. */
function ContextPanel({
  view: { state, largestContext },
  isHosted,
}: {
  readonly view: RunView
  readonly isHosted: boolean
}): ReactElement {
  if (!isHosted) {
    return (
      <GaugePanel state={state} largest={largestContext}>
        {null}
      </GaugePanel>
    )
  }
  // None of its contexts was sent.
  return (
    <GaugePanel state={state} largest={0} over={LABELS.context.hostedOver}>
      <p className="hint" data-testid="hosted-context">
        {LABELS.context.hosted}
      </p>
    </GaugePanel>
  )
}

export function Loading(): ReactElement {
  return (
    <div className="loading" aria-busy="true">
      <div className="skeleton" />
      <div className="skeleton short" />
    </div>
  )
}

interface ZonesProps extends ChatViewProps {
  readonly run: KeptRun
  readonly tab: 'context' | 'inspector' | 'messages'
}

function Zones({ run, tab, ...props }: ZonesProps): ReactElement {
  const { zones } = run
  const state = useObservable(zones)
  const view = state.run
  return (
    <>
      {state.problem !== null && (
        <ProblemBanner problem={state.problem} onDismiss={zones.dismiss} onRetry={null} />
      )}
      {tab === 'context' &&
        (view === null ? (
          state.problem === null && <Loading />
        ) : (
          <div className="stack">
            <FoldPanel session={view.session} />
            <ContextPanel view={view} isHosted={props.state.kind === 'hosted'} />
            <HistoryChart data={view.chart} budget={view.state.budget.tokens} />
          </div>
        ))}
      {tab === 'inspector' && (
        <InspectorZone
          state={state}
          playground={zones}
          onOpenMessage={(seq) => props.onStep({ type: 'message', seq })}
        />
      )}
      {tab === 'messages' &&
        (view === null ? (
          state.problem === null && <Loading />
        ) : (
          <ChatMessages
            world={props.world}
            tab={props.state.tab}
            view={view}
            zones={zones}
            target={props.choice.target}
          />
        ))}
    </>
  )
}
