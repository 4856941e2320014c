import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Playground, PlaygroundState } from '../run/playground.ts'
import { EventLog } from './event-log.tsx'
import { GenerationInspector } from './generation-inspector.tsx'
import { GenerationList } from './generation-list.tsx'
import { JobTree } from './job-tree.tsx'
import { MemoryPanel } from './memory-panel.tsx'
import { SummariserPanel } from './summariser-panel.tsx'
import { TabList } from './tab-list.tsx'

interface InspectorZoneProps {
  readonly state: PlaygroundState
  readonly playground: Playground
  readonly onOpenMessage: (seq: number) => void
}

const TABS = ['Generations', 'Memory', 'Summarisers', 'Jobs', 'Events'].map((name) => ({
  key: name,
  name,
}))

/** What lies behind the context: generations, all that is stored, who writes, jobs of all tabs, events. */
export function InspectorZone(props: InspectorZoneProps): ReactElement {
  const [tab, setTab] = useState('Generations')
  const { run } = props.state
  return (
    <aside className="zone inspector-zone" id="inspector-zone" aria-label="Inspector">
      <TabList
        tabs={TABS}
        chosen={tab}
        onChoose={setTab}
        label="Inspector"
        prefix=""
        panel="inspector-panel"
        className="tabs"
      />
      <div
        className="tab-panel"
        role="tabpanel"
        id="inspector-panel"
        aria-labelledby={`tab-${tab}`}
        tabIndex={0}
      >
        {tab === 'Generations' && <Generations {...props} />}
        {tab === 'Memory' && (
          <MemoryPanel key={run?.session.id} run={run} onOpenMessage={props.onOpenMessage} />
        )}
        {tab === 'Summarisers' && (
          <SummariserPanel
            ladder={props.playground.summarisers}
            keptKeys={props.playground.keptKeys}
            phase={props.state.phase}
            run={run}
            onOpenMessage={props.onOpenMessage}
          />
        )}
        {tab === 'Jobs' && (
          <JobTree jobs={props.playground.jobs} session={run?.session.id ?? null} />
        )}
        {tab === 'Events' && <EventLog events={run?.events ?? []} />}
      </div>
    </aside>
  )
}

function Generations({ state, playground, onOpenMessage }: InspectorZoneProps): ReactElement {
  const { run } = state
  const [picked, setPicked] = useState<{ readonly session: string; readonly n: number } | null>(
    null,
  )
  const generations = run?.generations ?? []
  const head = run?.state.generation ?? 0
  const id = run?.session.id
  // Until a person picks one, the inspector follows the head.
  const own = picked !== null && picked.session === id ? picked.n : null
  const chosen = own ?? (head > 0 ? head : (generations[0]?.n ?? null))
  return (
    <>
      <GenerationList
        session={run?.session ?? null}
        generations={generations}
        head={head}
        chosen={chosen}
        onChoose={(n) => id !== undefined && setPicked({ session: id, n })}
      />
      {own !== null && own !== head && head > 0 && (
        <button type="button" className="link" onClick={() => setPicked(null)}>
          Follow the head again
        </button>
      )}
      {run !== null && chosen !== null && (
        <GenerationInspector
          session={run.session}
          n={chosen}
          head={head}
          revision={generations.map(({ n, status }) => `${n}${status}`).join()}
          onOpenMessage={onOpenMessage}
          onRollback={(n) => void playground.run()?.commands.rollback(n)}
        />
      )}
    </>
  )
}
