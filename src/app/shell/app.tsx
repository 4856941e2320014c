import { lazy, Suspense, useCallback, useEffect, useRef, useState, type ReactElement } from 'react'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import { useFileDrop } from '../hooks/use-file-drop.ts'
import { handOver } from '../keep/dropped-files.ts'
import type { Keep, KeepState } from '../keep/keep-world.ts'
import type { Updates } from '../pwa/updates.ts'
import { Icon } from '../zones/icon.tsx'
import { ProblemBanner } from '../zones/problem-banner.tsx'
import { HomePage } from './home-page.tsx'
import { PageBoundary } from './page-boundary.tsx'
import type { Route } from './route.ts'
import { Sidebar } from './sidebar.tsx'
import { SyncMark } from './sync-mark.tsx'
import { UnlockPage } from './unlock-page.tsx'
import { UpdateBanner } from './update-banner.tsx'
import { go, useRoute } from './use-route.ts'

// What is not needed to see the list is loaded when it is gone to.
const SessionPage = lazy(async () => ({
  default: (await import('../pages/session-page.tsx')).SessionPage,
}))
const WorkbenchPage = lazy(async () => ({
  default: (await import('../pages/workbench-page.tsx')).WorkbenchPage,
}))
const SettingsPage = lazy(async () => ({
  default: (await import('../pages/settings-page.tsx')).SettingsPage,
}))
const StoragePage = lazy(async () => ({
  default: (await import('../pages/storage-page.tsx')).StoragePage,
}))
const HealthPage = lazy(async () => ({
  default: (await import('../pages/health-page.tsx')).HealthPage,
}))
const ImportPage = lazy(async () => ({
  default: (await import('../pages/import-page.tsx')).ImportPage,
}))

interface AppProps {
  readonly keep: Keep
  readonly updates: Updates
}

/** The whole app: the lock before it, the list beside it, one page in it. */
export function App({ keep, updates }: AppProps): ReactElement {
  const state = useObservable(keep)
  const route = useRoute()
  const [isDrawn, setDrawn] = useState(false)
  const shutDrawer = useCallback(() => setDrawn(false), [])
  useDrawerFocus(isDrawn)
  useTitle(route, state)
  useEffect(shutDrawer, [route, shutDrawer])
  useEscape(isDrawn ? shutDrawer : null)
  if (state.phase === 'locked' || state.lock.status === 'unlocking') {
    return <UnlockPage keep={keep} state={state} />
  }
  const menu = (
    <button
      type="button"
      className="quiet menu-button"
      aria-label="Sessions and pages"
      aria-expanded={isDrawn}
      aria-controls="sidebar"
      onClick={() => setDrawn(!isDrawn)}
      data-testid="menu"
    >
      <Icon name="menu" />
    </button>
  )
  return (
    <div className="shell" data-page={route.page} data-drawer={isDrawn}>
      <Sidebar keep={keep} state={state} route={route} onClose={shutDrawer} />
      {isDrawn && (
        <button
          type="button"
          className="drawer-veil"
          tabIndex={-1}
          aria-label="Close the list"
          onClick={shutDrawer}
        />
      )}
      <div className="shell-main">
        <UpdateBanner keep={keep} updates={updates} />
        {state.problem !== null && route.page !== 'workbench' && (
          <ProblemBanner
            problem={state.problem}
            onDismiss={state.phase === 'failed' ? null : keep.dismiss}
            onRetry={state.phase === 'failed' ? () => void keep.start() : null}
          />
        )}
        {route.page !== 'workbench' && <ShellBar keep={keep} menu={menu} />}
        <PageBoundary
          key={route.page}
          onFailure={(thrown) => keep.errors.note(thrown, `showing the page ${route.page}`)}
        >
          <Suspense fallback={<Loading />}>
            <Shown {...{ keep, updates, state, route, menu }} />
          </Suspense>
        </PageBoundary>
      </div>
      {route.page !== 'workbench' && <DropAnywhere />}
    </div>
  )
}

function ShellBar({
  keep,
  menu,
}: {
  readonly keep: Keep
  readonly menu: ReactElement
}): ReactElement {
  return (
    <div className="shell-bar">
      {menu}
      {keep.sync !== null && (
        <nav className="bar-marks" aria-label="Sync">
          <SyncMark sync={keep.sync} />
        </nav>
      )}
    </div>
  )
}

interface ShownProps extends AppProps {
  readonly state: KeepState
  readonly route: Route
  readonly menu: ReactElement
}

function Shown({ keep, updates, state, route, menu }: ShownProps): ReactElement {
  if (route.page === 'workbench') return <WorkbenchPage keep={keep} menu={menu} />
  if (route.page === 'session') {
    return <SessionPage key={route.id} keep={keep} state={state} id={route.id} seq={route.seq} />
  }
  return (
    <main className="shell-page" id="main" tabIndex={-1} key={route.page}>
      {route.page === 'home' && <HomePage keep={keep} state={state} />}
      {route.page === 'settings' && <SettingsPage keep={keep} state={state} />}
      {route.page === 'storage' && <StoragePage keep={keep} state={state} updates={updates} />}
      {route.page === 'health' && <HealthPage keep={keep} state={state} id={route.id} />}
      {route.page === 'import' && <ImportPage keep={keep} state={state} />}
    </main>
  )
}

/** Who opens the list as a drawer goes on in it; who closes it goes on where it was opened. */
function useDrawerFocus(isDrawn: boolean): void {
  const wasDrawn = useRef(isDrawn)
  useEffect(() => {
    if (wasDrawn.current === isDrawn) return
    wasDrawn.current = isDrawn
    const first = '#sidebar .drawer-only'
    document.querySelector<HTMLElement>(isDrawn ? first : '.menu-button')?.focus()
  }, [isDrawn])
}

/** Calls back at the Escape key; null for never. */
function useEscape(onEscape: (() => void) | null): void {
  useEffect(() => {
    if (onEscape === null) return
    const onKey = ({ key }: KeyboardEvent): void => {
      // What is open above it comes first.
      if (key === 'Escape' && document.querySelector('dialog[open]') === null) onEscape()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [onEscape])
}

/** A file dropped on any page goes to the import page. */
function DropAnywhere(): ReactElement {
  const onFiles = useCallback((files: readonly File[]) => {
    handOver(files)
    go({ page: 'import' })
  }, [])
  const isOver = useFileDrop(onFiles)
  return <>{isOver && <div className="drop-veil">Drop files anywhere to import them</div>}</>
}

function Loading(): ReactElement {
  return (
    <div className="paper" aria-busy="true">
      <div className="skeleton" />
      <div className="skeleton short" />
    </div>
  )
}

const TITLES = {
  home: '',
  settings: 'Settings',
  storage: 'Storage',
  health: 'Health',
  import: 'Import',
  workbench: 'Workbench',
} as const

/** The name of what is shown, for the browser's tab. While locked it says nothing. */
function useTitle(route: Route, { sessions }: KeepState): void {
  const name =
    route.page === 'session'
      ? (sessions?.find(({ id }) => id === route.id)?.name ?? '')
      : TITLES[route.page]
  useEffect(() => {
    document.title = name === '' ? 'Backfold' : `${name} · Backfold`
  }, [name])
}
