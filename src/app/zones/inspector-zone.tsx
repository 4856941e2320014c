import type { KeyboardEvent, ReactElement } from 'react'
import { useRef, useState } from 'react'
import type { Playground, PlaygroundState } from '../run/playground.ts'
import { EventLog } from './event-log.tsx'
import { GenerationInspector } from './generation-inspector.tsx'
import { GenerationList } from './generation-list.tsx'
import { JobTree } from './job-tree.tsx'
import { RecallPanel } from './recall-panel.tsx'

interface InspectorZoneProps {
  readonly state: PlaygroundState
  readonly playground: Playground
  readonly onOpenMessage: (seq: number) => void
}

const TABS = ['Generations', 'Recall', 'Jobs', 'Events'] as const
type Tab = (typeof TABS)[number]

/** What lies behind the context: generations, the log, the jobs of all tabs, events. */
export function InspectorZone(props: InspectorZoneProps): ReactElement {
  const [tab, setTab] = useState<Tab>('Generations')
  const tabs = useRef<HTMLDivElement>(null)
  const { run } = props.state
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] ?? tab
    setTab(next)
    tabs.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus()
  }
  return (
    <aside className="zone inspector-zone" id="inspector-zone" aria-label="Inspector">
      <div className="tabs" role="tablist" aria-label="Inspector" ref={tabs}>
        {TABS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={tab === name}
            aria-controls="inspector-panel"
            tabIndex={tab === name ? 0 : -1}
            onClick={() => setTab(name)}
            onKeyDown={onKey}
          >
            {name}
          </button>
        ))}
      </div>
      <div
        className="tab-panel"
        role="tabpanel"
        id="inspector-panel"
        aria-labelledby={`tab-${tab}`}
        tabIndex={0}
      >
        {tab === 'Generations' && <Generations {...props} />}
        {tab === 'Recall' && (
          <RecallPanel
            key={run?.session.id}
            session={run?.session ?? null}
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
