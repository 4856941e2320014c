import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Playground, PlaygroundState } from '../run/playground.ts'
import { InspectorZone } from '../zones/inspector-zone.tsx'
import { StateZone } from '../zones/state-zone.tsx'
import { TabList } from '../zones/tab-list.tsx'

interface SideZonesProps {
  readonly state: PlaygroundState
  readonly zones: Playground
  readonly onOpenMessage: (seq: number) => void
}

const TABS = [
  { key: 'state', name: 'State' },
  { key: 'inspector', name: 'Inspector' },
]

/** What is behind a session's context: one zone at a time, as the conversation has the room. */
export function SideZones({ state, zones, onOpenMessage }: SideZonesProps): ReactElement {
  const [tab, setTab] = useState('state')
  return (
    <div className="side-zones" data-testid="side-zones">
      <TabList
        tabs={TABS}
        chosen={tab}
        onChoose={setTab}
        label="Behind it"
        prefix="side-"
        panel="side-panel"
        className="tabs"
      />
      <div
        role="tabpanel"
        id="side-panel"
        className="side-panel"
        aria-labelledby={`side-tab-${tab}`}
      >
        {tab === 'state' ? (
          <StateZone state={state} playground={zones} />
        ) : (
          <InspectorZone state={state} playground={zones} onOpenMessage={onOpenMessage} />
        )}
      </div>
    </div>
  )
}
