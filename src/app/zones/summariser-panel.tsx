import type { ReactElement } from 'react'
import { useEffect, useState } from 'react'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import type { KeptKeys } from '../run/kept-keys.ts'
import type { PlaygroundState } from '../run/playground.ts'
import type { RunView } from '../run/run-view.ts'
import type { SummariserLadder } from '../run/summariser-ladder.ts'
import { LadderPanel } from './ladder-panel.tsx'
import { ProblemBanner } from './problem-banner.tsx'
import { SentList } from './sent-list.tsx'
import { SummariserCompare } from './summariser-compare.tsx'
import { TabList } from './tab-list.tsx'

interface SummariserPanelProps {
  readonly ladder: SummariserLadder
  readonly keptKeys: KeptKeys
  readonly phase: PlaygroundState['phase']
  readonly run: RunView | null
  readonly onOpenMessage: (seq: number) => void
}

const TABS = [
  { key: 'ladder', name: 'Ladder' },
  { key: 'compare', name: 'Compare' },
  { key: 'sent', name: 'What was sent' },
]

/** Who writes the prose of digests: chosen, watched, tried and compared. */
export function SummariserPanel(props: SummariserPanelProps): ReactElement {
  const { ladder, keptKeys, phase, run, onOpenMessage } = props
  const [tab, setTab] = useState('ladder')
  const state = useObservable(ladder)
  useEffect(() => {
    if (phase === 'open') void ladder.open()
  }, [ladder, phase])
  return (
    <div className="summarisers" data-testid="summarisers">
      <TabList
        tabs={TABS}
        chosen={tab}
        onChoose={setTab}
        label="Summarisers"
        prefix="summarisers-"
        panel="summarisers-panel"
        className="memory-tabs"
      />
      <div role="tabpanel" id="summarisers-panel" aria-labelledby={`summarisers-tab-${tab}`}>
        {state.problem !== null && (
          <ProblemBanner problem={state.problem} onDismiss={ladder.dismiss} onRetry={null} />
        )}
        {!state.isOpen && (
          <div aria-busy="true">
            <div className="skeleton" />
            <div className="skeleton short" />
          </div>
        )}
        {/* These stay while another part is looked at, with what was typed and found. */}
        {state.isOpen && (
          <>
            <div hidden={tab !== 'ladder'}>
              <LadderPanel ladder={ladder} state={state} keptKeys={keptKeys} />
            </div>
            <div hidden={tab !== 'compare'}>
              <SummariserCompare
                key={run?.session.id}
                ladder={ladder}
                state={state}
                run={run}
                onOpenMessage={onOpenMessage}
              />
            </div>
          </>
        )}
        {state.isOpen && tab === 'sent' && <SentList ladder={ladder} status={state.status} />}
      </div>
    </div>
  )
}
