import type { ReactElement } from 'react'
import { useCallback, useEffect, useState } from 'react'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import { exportSessions } from '../keep/export-sessions.ts'
import type { Keep, KeepState } from '../keep/keep-world.ts'
import type { KeptSession } from '../keep/kept-session.ts'
import { describeStorage, type StorageFacts, type StorageWords } from '../keep/storage-words.ts'
import type { Updates } from '../pwa/updates.ts'
import { DeleteDialog } from '../shell/delete-dialog.tsx'
import { hashOf } from '../shell/route.ts'
import { messagesText } from '../view/count-text.ts'
import { shortTokens } from '../view/token-format.ts'

interface StoragePageProps {
  readonly keep: Keep
  readonly state: KeepState
  readonly updates: Updates
}

/** Sessions listed by size. */
const MOST_LISTED = 50

/** What is stored, how safe it is from eviction, and how to take it along or be rid of it. */
export function StoragePage({ keep, state, updates }: StoragePageProps): ReactElement {
  const [facts, setFacts] = useState<StorageFacts | null>(null)
  const look = useCallback(() => void readFacts().then(setFacts), [])
  useEffect(look, [look, state.sessions])
  const words = facts && describeStorage(facts)
  return (
    <div className="paper" data-testid="storage">
      <h1>Storage</h1>
      <Use words={words} updates={updates} />
      <Persistence words={words} isPersisted={facts?.persisted === true} onAsked={look} />
      <Sizes keep={keep} sessions={state.sessions ?? []} />
    </div>
  )
}

interface UseProps {
  readonly words: StorageWords | null
  readonly updates: Updates
}

function Use({ words, updates }: UseProps): ReactElement {
  const isOffline = useObservable(updates.offline)
  return (
    <section className="panel" aria-labelledby="use">
      <h2 id="use">Use</h2>
      {words === null ? (
        <div className="skeleton" aria-busy="true" />
      ) : (
        <>
          {words.share !== null && (
            <progress value={words.share} max={1} aria-label="Share of the space in use" />
          )}
          <p data-testid="storage-use">{words.use}</p>
          {words.advice !== '' && (
            <p className={words.level === 'full' ? 'failed' : 'warned'} role="alert">
              {words.advice}
            </p>
          )}
        </>
      )}
      <p className="hint" data-testid="offline-said">
        {isOffline
          ? 'The app itself is stored too: it opens without a connection.'
          : 'The app itself is not stored here yet: it needs a connection to open.'}
      </p>
    </section>
  )
}

interface PersistenceProps {
  readonly words: StorageWords | null
  readonly isPersisted: boolean
  readonly onAsked: () => void
}

function Persistence({ words, isPersisted, onAsked }: PersistenceProps): ReactElement {
  const [said, setSaid] = useState('')
  const persist = async (): Promise<void> => {
    const isGranted = await navigator.storage.persist()
    setSaid(
      isGranted
        ? 'Granted.'
        : 'This browser did not agree. Some grant it once the app is installed or used often.',
    )
    onAsked()
  }
  return (
    <section className="panel" aria-labelledby="persistence">
      <h2 id="persistence">{isPersisted ? 'Kept for good' : 'May be evicted'}</h2>
      <p>{words?.persistence}</p>
      {words?.canAsk === true && (
        <div className="button-row">
          <button
            type="button"
            className="plain"
            onClick={() => void persist()}
            data-testid="persist"
          >
            Ask the browser to keep it
          </button>
        </div>
      )}
      <p className="hint" role="status">
        {said}
      </p>
    </section>
  )
}

interface SizesProps {
  readonly keep: Keep
  readonly sessions: readonly KeptSession[]
}

function Sizes({ keep, sessions }: SizesProps): ReactElement {
  const [isDeleting, setDeleting] = useState(false)
  const largest = sessions.toSorted((a, b) => b.tokens - a.tokens).slice(0, MOST_LISTED)
  return (
    <section className="panel" aria-labelledby="by-size">
      <h2 id="by-size">What uses it</h2>
      {largest.length === 0 && <p className="empty">Nothing is stored yet.</p>}
      <ol className="sizes">
        {largest.map(({ id, name, messages, tokens }) => (
          <li key={id}>
            <a href={hashOf({ page: 'session', id, seq: null })}>
              <bdi>{name}</bdi>
            </a>
            <span className="hint">
              {messagesText(messages)}, {shortTokens(tokens)} tokens
            </span>
          </li>
        ))}
      </ol>
      <div className="button-row">
        <button
          type="button"
          className="plain"
          disabled={sessions.length === 0}
          onClick={() => void exportSessions(keep, null)}
          data-testid="export-all"
        >
          Export everything
        </button>
        <button
          type="button"
          className="plain danger"
          disabled={sessions.length === 0}
          onClick={() => setDeleting(true)}
          data-testid="delete-all"
        >
          Delete everything
        </button>
      </div>
      {isDeleting && (
        <DeleteDialog
          sessions={sessions}
          onExport={() => exportSessions(keep, null)}
          onDelete={async () => {
            await keep.remove(sessions.map(({ id }) => id))
          }}
          onClose={() => setDeleting(false)}
        />
      )}
    </section>
  )
}

/** What the browser says; insecure pages and old browsers say nothing. */
async function readFacts(): Promise<StorageFacts> {
  const storage: StorageManager | undefined = navigator.storage
  const [estimate, persisted] = await Promise.all([
    storage?.estimate().catch(() => undefined),
    storage?.persisted().catch(() => undefined),
  ])
  return { usage: estimate?.usage, quota: estimate?.quota, persisted }
}
