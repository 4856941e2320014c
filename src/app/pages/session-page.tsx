import { lazy, Suspense, useEffect, useState, type ReactElement } from 'react'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import { parseProvider } from '../keep/app-settings.ts'
import { deskOf } from '../keep/desk.ts'
import { exportSessions } from '../keep/export-sessions.ts'
import type { Keep, KeepState } from '../keep/keep-world.ts'
import { SETTINGS_KEY } from '../keep/kept-session.ts'
import { openKeptRun, type KeptRun } from '../run/kept-run.ts'
import { createPacer, PAGE_CLOCK } from '../run/page-clock.ts'
import { hashOf } from '../shell/route.ts'
import { go } from '../shell/use-route.ts'
import { shortTokens } from '../view/token-format.ts'
import { Icon } from '../zones/icon.tsx'
import { ProblemBanner } from '../zones/problem-banner.tsx'
import { ChatPane } from './chat-pane.tsx'
import { SessionSettings } from './session-settings.tsx'
import '../styles/workbench.css'

const SideZones = lazy(async () => ({ default: (await import('./side-zones.tsx')).SideZones }))

interface SessionPageProps {
  readonly keep: Keep
  readonly state: KeepState
  readonly id: string
  readonly seq: number | null
}

/** A kept session: the conversation, and beside it what is behind its context. */
export function SessionPage(props: SessionPageProps): ReactElement {
  const run = useKeptRun(props)
  if (run === null) {
    return (
      <main className="shell-page" id="main" aria-busy="true">
        <div className="paper">
          <div className="skeleton" />
          <div className="skeleton short" />
        </div>
      </main>
    )
  }
  return <OpenSession {...props} run={run} />
}

function OpenSession(props: SessionPageProps & { readonly run: KeptRun }): ReactElement {
  const { keep, state, id, seq, run } = props
  const view = useObservable(run.zones)
  const [isBeside, setBeside] = useState(() => matchMedia('(min-width: 75rem)').matches)
  const [isSetting, setSetting] = useState(false)
  const kept = state.sessions?.find((one) => one.id === id)
  const details = view.run?.state.details
  const own = parseProvider(details?.host[SETTINGS_KEY])
  const provider = own?.baseUrl ? own : state.settings.provider
  return (
    <div className="session-page" data-beside={isBeside}>
      <header className="session-head">
        <h1>
          <bdi>{details?.title || kept?.name || 'New session'}</bdi>
        </h1>
        {view.run !== null && (
          <span className="hint" data-testid="session-tokens">
            {shortTokens(view.run.state.tokens.context)} of{' '}
            {shortTokens(view.run.state.budget.tokens)} tokens
          </span>
        )}
        <button
          type="button"
          className="quiet"
          aria-pressed={isBeside}
          onClick={() => setBeside(!isBeside)}
          data-testid="beside"
        >
          <Icon name="fold" /> <span className="wide-only">Behind it</span>
        </button>
        <a
          className="quiet"
          href={hashOf({ page: 'health', id })}
          aria-label="Health of this session"
        >
          <Icon name="pulse" />
        </a>
        <button
          type="button"
          className="quiet"
          aria-label="Export this session"
          onClick={() => void exportSessions(keep, [{ id, name: kept?.name ?? id }])}
        >
          <Icon name="file" />
        </button>
        <button
          type="button"
          className="quiet"
          aria-label="Settings of this session"
          aria-expanded={isSetting}
          onClick={() => setSetting(!isSetting)}
          data-testid="session-settings"
        >
          <Icon name="gear" />
        </button>
      </header>
      {view.problem !== null && (
        <ProblemBanner problem={view.problem} onDismiss={run.zones.dismiss} onRetry={null} />
      )}
      {isSetting && details !== undefined && (
        <SessionSettings
          keep={keep}
          id={id}
          details={details}
          budget={view.budget}
          fallback={state.settings.provider}
          onClose={() => setSetting(false)}
        />
      )}
      <div className="session-zones">
        <ChatPane
          state={view}
          zones={run.zones}
          provider={provider}
          apiKey={deskOf(keep).providerKeys.get(provider)}
          seq={seq}
        />
        {isBeside && (
          <Suspense fallback={<div className="zone" aria-busy="true" />}>
            <SideZones
              state={view}
              zones={run.zones}
              onOpenMessage={(found) => go({ page: 'session', id, seq: found })}
            />
          </Suspense>
        )}
      </div>
    </div>
  )
}

/** The session as its zones need it, for as long as the page shows it. */
function useKeptRun({ keep, state, id }: SessionPageProps): KeptRun | null {
  const [run, setRun] = useState<KeptRun | null>(null)
  const isOpen = state.phase === 'open'
  useEffect(() => {
    if (!isOpen) return
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
      // What was said first may be its name from now on.
      void keep.refresh()
    }
  }, [keep, id, isOpen])
  return run
}
