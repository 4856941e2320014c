import type { ReactElement } from 'react'
import { useMemo, useRef, useState } from 'react'
import { useMinute } from '../hooks/use-minute.ts'
import { localeOf } from '../keep/app-settings.ts'
import { countTags, listSessions, type KeptSession } from '../keep/kept-session.ts'
import type { Keep, KeepState } from '../keep/keep-world.ts'
import { exportSessions } from '../keep/export-sessions.ts'
import { Icon, type IconName } from '../zones/icon.tsx'
import { Wordmark } from '../zones/wordmark.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { hashOf, type Route } from './route.ts'
import { SearchResults } from './search-results.tsx'
import { SessionItem } from './session-item.tsx'
import { SyncMark } from './sync-mark.tsx'
import { go } from './use-route.ts'
import { useSearch } from './use-search.ts'

interface SidebarProps {
  readonly keep: Keep
  readonly state: KeepState
  readonly route: Route
  readonly onClose: () => void
}

/** Sessions drawn at first, and with each further step. */
const STEP = 100

const PLACES: readonly { readonly route: Route; readonly name: string; readonly icon: IconName }[] =
  [
    { route: { page: 'import' }, name: 'Import', icon: 'file' },
    { route: { page: 'workbench' }, name: 'Workbench', icon: 'fold' },
    { route: { page: 'storage' }, name: 'Storage', icon: 'disk' },
    { route: { page: 'health', id: null }, name: 'Health', icon: 'pulse' },
    { route: { page: 'settings' }, name: 'Settings', icon: 'gear' },
  ]

/** All sessions, a search over them, and the way to everything else. */
export function Sidebar(props: SidebarProps): ReactElement {
  const { keep } = props
  const [words, setWords] = useState('')
  const search = useSearch(keep, words.trim())
  const create = (): void => {
    void keep.create().then((id) => {
      if (id !== null) go({ page: 'session', id, seq: null })
    })
  }
  return (
    <nav className="sidebar" id="sidebar" aria-label="Sessions and pages">
      <div className="sidebar-head">
        <a className="wordmark" href="#/">
          <Wordmark />
        </a>
        <button
          type="button"
          className="quiet drawer-only"
          onClick={props.onClose}
          aria-label="Close the list"
        >
          <Icon name="close" />
        </button>
      </div>
      <div className="sidebar-tools">
        <button type="button" className="primary" onClick={create} data-testid="new-session">
          <Icon name="plus" /> New session
        </button>
        <input
          type="search"
          aria-label="Search all sessions"
          placeholder="Search everything"
          value={words}
          maxLength={500}
          dir="auto"
          onChange={(event) => setWords(event.target.value)}
          data-testid="search"
        />
      </div>
      <div className="sidebar-list">
        {words.trim() !== '' ? (
          <SearchResults {...search} words={words.trim()} />
        ) : (
          <SessionList {...props} />
        )}
      </div>
      <Places {...props} />
    </nav>
  )
}

function Places({ keep, state, route }: SidebarProps): ReactElement {
  return (
    <>
      {keep.sync !== null && <SyncMark sync={keep.sync} />}
      <ul className="places">
        {PLACES.map(({ route: place, name, icon }) => (
          <li key={name}>
            <a
              href={hashOf(place)}
              aria-current={place.page === route.page ? 'page' : undefined}
              data-testid={`place-${place.page}`}
            >
              <Icon name={icon} /> {name}
            </a>
          </li>
        ))}
        {state.protection === 'passphrase' && (
          <li>
            <button
              type="button"
              className="quiet"
              onClick={() => void keep.lock()}
              data-testid="lock-now"
            >
              <Icon name="lock" /> Lock
            </button>
          </li>
        )}
      </ul>
    </>
  )
}

function SessionList({ keep, state, route }: SidebarProps): ReactElement {
  const [isArchive, setArchive] = useState(false)
  const [tags, setTags] = useState<readonly string[]>([])
  const [shown, setShown] = useState(STEP)
  const [doomed, setDoomed] = useState<KeptSession | null>(null)
  const list = useRef<HTMLUListElement>(null)
  const { sessions } = state
  const now = useMinute()
  const counted = useMemo(() => countTags(sessions ?? []), [sessions])
  // A tag that nothing has any more filters nothing away.
  const inUse = tags.filter((tag) => counted.some((one) => one.tag === tag))
  const listed = listSessions(sessions ?? [], { archived: isArchive, tags: inUse })
  const archived = (sessions ?? []).filter((one) => one.archived).length
  if (sessions === null) return <Skeletons />
  return (
    <>
      {counted.length > 0 && (
        <div className="tag-row" role="group" aria-label="Only sessions with these tags">
          {counted.slice(0, 20).map(({ tag, count }) => (
            <button
              key={tag}
              type="button"
              className="tag"
              aria-pressed={inUse.includes(tag)}
              onClick={() =>
                setTags(inUse.includes(tag) ? inUse.filter((one) => one !== tag) : [...inUse, tag])
              }
            >
              <bdi>{tag}</bdi> {count}
            </button>
          ))}
        </div>
      )}
      <ul className="kept-list" ref={list} tabIndex={-1} data-testid="kept-list">
        {listed.slice(0, shown).map((session) => (
          <SessionItem
            key={session.id}
            session={session}
            keep={keep}
            now={now}
            locale={localeOf(state.settings)}
            isCurrent={route.page === 'session' && route.id === session.id}
            onDelete={setDoomed}
            onExport={(one) => void exportSessions(keep, [one])}
          />
        ))}
      </ul>
      {listed.length === 0 && (
        <p className="empty">
          {isArchive
            ? 'Nothing is in the archive.'
            : inUse.length > 0
              ? 'No session has these tags.'
              : 'No session yet. Begin one, or drop a file from another app here.'}
        </p>
      )}
      {listed.length > shown && (
        <button type="button" className="plain" onClick={() => setShown(shown + STEP)}>
          Show {Math.min(STEP, listed.length - shown)} more
        </button>
      )}
      {(archived > 0 || isArchive) && (
        <button
          type="button"
          className="link archive-link"
          onClick={() => setArchive(!isArchive)}
          data-testid="archive-toggle"
        >
          {isArchive ? 'Back to the sessions' : `Archive (${archived})`}
        </button>
      )}
      {doomed !== null && (
        <DeleteDialog
          sessions={[doomed]}
          onExport={() => exportSessions(keep, [doomed])}
          onDelete={async () => {
            const isGone = await keep.remove([doomed.id])
            if (isGone && route.page === 'session' && route.id === doomed.id)
              go({ page: 'home' }, true)
          }}
          onClose={() => {
            setDoomed(null)
            // Whose button had the focus may be gone.
            if (!sessions.some(({ id }) => id === doomed.id)) list.current?.focus()
          }}
        />
      )}
    </>
  )
}

function Skeletons(): ReactElement {
  return (
    <div aria-busy="true" aria-label="Reading the list of sessions">
      <div className="skeleton" />
      <div className="skeleton short" />
      <div className="skeleton" />
    </div>
  )
}
