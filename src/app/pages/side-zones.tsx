import type { ReactElement } from 'react'
import { useEffect, useState } from 'react'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import { deskOf } from '../keep/desk.ts'
import type { Keep } from '../keep/keep-world.ts'
import { openKeptRun, type KeptRun } from '../run/kept-run.ts'
import { createPacer, PAGE_CLOCK } from '../run/page-clock.ts'
import { InspectorZone } from '../zones/inspector-zone.tsx'
import { ProblemBanner } from '../zones/problem-banner.tsx'
import { StateZone } from '../zones/state-zone.tsx'
import { TabList } from '../zones/tab-list.tsx'

interface SideZonesProps {
  readonly keep: Keep
  readonly id: string
  readonly onOpenMessage: (seq: number) => void
}

const TABS = [
  { key: 'state', name: 'State' },
  { key: 'inspector', name: 'Inspector' },
]

/** What is behind a session's context, followed for as long as it is shown. */
export function SideZones({ keep, id, onOpenMessage }: SideZonesProps): ReactElement {
  const run = useKeptRun(keep, id)
  return (
    <section className="side-zones" aria-label="Behind it" data-testid="side-zones">
      {run === null ? (
        <div className="paper" aria-busy="true">
          <div className="skeleton" />
        </div>
      ) : (
        <Zones run={run} onOpenMessage={onOpenMessage} />
      )}
    </section>
  )
}

function Zones({
  run: { zones },
  onOpenMessage,
}: {
  readonly run: KeptRun
  readonly onOpenMessage: (seq: number) => void
}): ReactElement {
  const state = useObservable(zones)
  const [tab, setTab] = useState('state')
  return (
    <>
      <TabList
        tabs={TABS}
        chosen={tab}
        onChoose={setTab}
        label="Behind it"
        prefix="side-"
        panel="side-panel"
        className="tabs"
      />
      {state.problem !== null && (
        <ProblemBanner problem={state.problem} onDismiss={zones.dismiss} onRetry={null} />
      )}
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
    </>
  )
}

function useKeptRun(keep: Keep, id: string): KeptRun | null {
  const [run, setRun] = useState<KeptRun | null>(null)
  useEffect(() => {
    let isGone = false
    let opened: KeptRun | null = null
    void keep.backfold().then((backfold) => {
      if (isGone) return
      const { ladder, keptKeys } = deskOf(keep)
      opened = openKeptRun({
        backfold,
        id,
        title: id,
        summarisers: ladder,
        keptKeys,
        clock: PAGE_CLOCK,
        nextFrame: createPacer(),
        fetchLike: (url, init) => fetch(url, init),
        isOnline: () => navigator.onLine,
      })
      setRun(opened)
    })
    return () => {
      isGone = true
      opened?.dispose()
    }
  }, [keep, id])
  return run
}
