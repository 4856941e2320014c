import type { ReactElement, ReactNode } from 'react'
import { useCallback, useState } from 'react'
import { useFileDrop } from './hooks/use-file-drop.ts'
import { useObservable } from '../widget/hooks/use-observable.ts'
import { NO_ENDPOINT } from '../widget/chat/ask/endpoint.ts'
import type { Playground } from './run/playground.ts'
import { layOutGauge } from '../widget/view/gauge-segments.ts'
import { AppHeader } from './zones/app-header.tsx'
import { InspectorZone } from './zones/inspector-zone.tsx'
import type { ScrollTarget } from './zones/message-list.tsx'
import { ProblemBanner } from './zones/problem-banner.tsx'
import { SessionChooser } from './zones/session-chooser.tsx'
import type { LiveSettings } from './zones/session-zone.tsx'
import { SessionZone } from './zones/session-zone.tsx'
import { StateZone } from './zones/state-zone.tsx'
import type { Zone } from './zones/zone-tabs.tsx'
import { ZoneTabs } from './zones/zone-tabs.tsx'

interface PageProps {
  readonly playground: Playground
  /** What leads to the other pages of the app. */
  readonly menu?: ReactNode
}

/** The whole page: three zones side by side, or one at a time where there is no room. */
export function Page({ playground, menu }: PageProps): ReactElement {
  const state = useObservable(playground)
  const [zone, setZone] = useState<Zone>('session')
  const [choosing, setChoosing] = useState(false)
  const [target, setTarget] = useState<ScrollTarget | null>(null)
  const [live, setLive] = useState<LiveSettings>({ endpoint: NO_ENDPOINT, on: false })

  const onFile = useCallback(
    (file: File) => {
      setChoosing(false)
      setZone('session')
      void playground.chooseFile(file)
    },
    [playground],
  )
  const over = useFirstFile(onFile)
  const openMessage = useCallback((seq: number) => {
    setZone('session')
    setTarget({ seq })
  }, [])
  const choose = (): void => {
    setChoosing(true)
    void playground.relist()
  }
  const chosen = (work: Promise<void>): void => {
    setChoosing(false)
    setZone('session')
    void work
  }
  return (
    <div className="page" data-zone={zone}>
      <AppHeader
        title={state.chosen?.title ?? null}
        reading={state.reading?.title ?? null}
        onChoose={choose}
        menu={menu}
      />
      <GaugeStrip playground={playground} />
      {state.problem !== null && (
        <ProblemBanner
          problem={state.problem}
          onDismiss={state.phase === 'failed' ? null : playground.dismiss}
          onRetry={state.phase === 'failed' ? () => void playground.open() : null}
        />
      )}
      <div className="zones">
        <SessionZone
          state={state}
          playground={playground}
          live={live}
          onLive={setLive}
          target={target}
          onChoose={choose}
        />
        <StateZone state={state} playground={playground} />
        <InspectorZone state={state} playground={playground} onOpenMessage={openMessage} />
      </div>
      <ZoneTabs zone={zone} onZone={setZone} />
      {choosing && (
        <SessionChooser
          catalog={state.catalog}
          chosen={state.chosen}
          onChoose={(item) => chosen(playground.choose(item))}
          onFile={onFile}
          onBlank={() => chosen(playground.chooseBlank())}
          onClose={() => setChoosing(false)}
        />
      )}
      {over && <div className="drop-veil">Drop the session file anywhere</div>}
      <Announcement text={state.run?.announcer.spoken ?? ''} />
    </div>
  )
}

/** The workbench plays one recording: of several files that are dropped, the first. */
function useFirstFile(onFile: (file: File) => void): boolean {
  const onFiles = useCallback(
    ([file]: readonly File[]) => {
      if (file !== undefined) onFile(file)
    },
    [onFile],
  )
  return useFileDrop(onFiles)
}

/** The gauge as a thin line under the header: in sight whichever zone is shown. */
function GaugeStrip({ playground }: { readonly playground: Playground }): ReactElement {
  const { run } = useObservable(playground)
  const gauge = run && layOutGauge(run.state.tokens.categories, run.state.budget)
  return (
    <div className="gauge-strip" aria-hidden="true">
      {gauge?.segments.map(({ category, from, width }) => (
        <i
          key={category}
          data-category={category}
          style={{ insetInlineStart: `${from * 100}%`, inlineSize: `${width * 100}%` }}
        />
      ))}
    </div>
  )
}

function Announcement({ text }: { readonly text: string }): ReactElement {
  return (
    <p className="visually-hidden" role="status" aria-live="polite" data-testid="announcement">
      {text}
    </p>
  )
}
