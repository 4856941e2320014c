import type { ReactElement, SubmitEvent } from 'react'
import { useState } from 'react'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import { localeOf } from '../keep/app-settings.ts'
import type { KeepSync, KeepSyncState } from '../keep/keep-sync.ts'
import type { KeepState } from '../keep/keep-world.ts'
import { draftOf, EMPTY_DRAFT } from '../keep/sync-draft.ts'
import { phaseWords, statusLines } from '../view/sync-words.ts'
import { SecretField } from '../zones/secret-field.tsx'
import { SyncDevices } from './sync-devices.tsx'
import { SyncForm } from './sync-form.tsx'
import { SyncSessions } from './sync-sessions.tsx'
import '../styles/sync.css'

interface SyncSectionProps {
  readonly sync: KeepSync
  readonly state: KeepState
}

/** Devices and sync: how it is set up, how it stands, and which devices there are. */
export function SyncSection({ sync, state }: SyncSectionProps): ReactElement {
  const own = useObservable(sync)
  const [isEditing, setEditing] = useState(false)
  return (
    <section className="panel form" aria-labelledby="sync" id="sync-section" data-testid="sync">
      <h2 id="sync">Devices and sync</h2>
      {isEditing ? (
        <SyncForm
          first={own.kept === null ? EMPTY_DRAFT : draftOf(own.kept)}
          isEncrypted={state.protection === 'passphrase'}
          onDone={(draft) => sync.setUp(draft)}
          onClose={() => setEditing(false)}
        />
      ) : own.kept === null ? (
        <Unset onSetUp={() => setEditing(true)} />
      ) : (
        <SetUp {...{ sync, own, state }} onEdit={() => setEditing(true)} />
      )}
    </section>
  )
}

function Unset({ onSetUp }: { readonly onSetUp: () => void }): ReactElement {
  return (
    <>
      <p>
        Your sessions are in this browser alone. With a server of your own (NATS) they are the same
        on all your devices, also offline, and sealed before they leave if you like.
      </p>
      <div className="button-row">
        <button type="button" className="plain" onClick={onSetUp} data-testid="sync-set-up">
          Set up sync
        </button>
      </div>
    </>
  )
}

interface SetUpProps extends SyncSectionProps {
  readonly own: KeepSyncState
  readonly onEdit: () => void
}

function SetUp({ sync, own, state, onEdit }: SetUpProps): ReactElement {
  const [said, setSaid] = useState('')
  const { status, kept, isLocked } = own
  const act = (work: () => Promise<string | null>): void => {
    setSaid('')
    void work().then((problem) => setSaid(problem ?? ''))
  }
  return (
    <>
      {isLocked ? (
        <Locked
          isKept={kept?.sealed !== undefined}
          onUnlock={(passphrase) => sync.unlock(passphrase)}
          onEdit={onEdit}
        />
      ) : (
        <>
          <Standing own={own} locale={localeOf(state.settings)} />
          <SyncSessions
            sessions={state.sessions ?? []}
            onSkip={(session) => act(() => sync.skipMissing(session))}
          />
        </>
      )}
      <p className="hint">
        {kept?.servers.join(', ')} · space <bdi>{kept?.space}</bdi> ·{' '}
        {kept?.isSealed === true
          ? 'sealed with a passphrase'
          : 'without a passphrase: the server can read what is said'}
      </p>
      {!isLocked && (
        <SyncDevices
          status={status}
          state={state}
          isSealed={kept?.isSealed === true}
          onRemove={(id, passphrase) => act(() => sync.removeDevice(id, passphrase))}
        />
      )}
      <div className="button-row">
        {(status.phase === 'offline' || status.phase === 'refused') && (
          <button
            type="button"
            className="plain"
            onClick={() => act(() => sync.retry())}
            data-testid="sync-retry"
          >
            Try again now
          </button>
        )}
        <button type="button" className="plain" onClick={onEdit} data-testid="sync-edit">
          Change
        </button>
      </div>
      <Leave onLeave={() => act(() => sync.forget())} />
      <p className="hint" role="status" data-testid="sync-said">
        {said}
      </p>
    </>
  )
}

function Leave({ onLeave }: { readonly onLeave: () => void }): ReactElement {
  const [isLeaving, setLeaving] = useState(false)
  return (
    <>
      <div className="button-row">
        {isLeaving ? (
          <>
            <button
              type="button"
              className="plain danger"
              onClick={() => onLeave()}
              data-testid="sync-off-sure"
            >
              Yes, turn it off here
            </button>
            <button type="button" className="plain" onClick={() => setLeaving(false)}>
              Leave it on
            </button>
          </>
        ) : (
          <button
            type="button"
            className="plain"
            onClick={() => setLeaving(true)}
            data-testid="sync-off"
          >
            Turn sync off
          </button>
        )}
      </div>
      {isLeaving && (
        <p className="hint">
          Sessions stay, here and on the server. What is not sent yet stays here, and is sent if you
          turn sync on again.
        </p>
      )}
    </>
  )
}

function Standing({
  own: { status },
  locale,
}: {
  readonly own: KeepSyncState
  readonly locale: string
}): ReactElement {
  const words = phaseWords(status)
  const { lastError, server } = status
  return (
    <div className="sync-standing" data-testid="sync-standing" data-phase={status.phase}>
      <p className="sync-phase" data-tone={words.tone} role="status">
        <strong>{words.title}</strong>
      </p>
      {words.detail !== '' && <p>{words.detail}</p>}
      {server?.warning !== undefined && <p className="warned">{server.warning}</p>}
      <ul className="lines">
        {statusLines(status).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {lastError !== undefined && (
        <p className="hint">
          Last error, {new Date(lastError.at).toLocaleString(locale)}: <bdi>{lastError.detail}</bdi>
        </p>
      )}
    </div>
  )
}

interface LockedProps {
  readonly isKept: boolean
  readonly onUnlock: (passphrase: string) => Promise<string | null>
  readonly onEdit: () => void
}

function Locked({ isKept, onUnlock, onEdit }: LockedProps): ReactElement {
  const [passphrase, setPassphrase] = useState('')
  const [said, setSaid] = useState('')
  const [isBusy, setBusy] = useState(false)
  if (!isKept) {
    return (
      <>
        <p>Sync waits: its credentials were not kept here, and have to be entered again.</p>
        <div className="button-row">
          <button type="button" className="primary" onClick={onEdit} data-testid="sync-enter">
            Enter them
          </button>
        </div>
      </>
    )
  }
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    setBusy(true)
    setSaid('Opening …')
    void onUnlock(passphrase).then((problem) => {
      setBusy(false)
      setPassphrase('')
      setSaid(problem ?? '')
    })
  }
  return (
    <form className="form" autoComplete="off" onSubmit={submit} data-testid="sync-locked">
      <p>Sync is locked on this page: its passphrase opens it.</p>
      <SecretField
        label="Passphrase of sync"
        hint=""
        value={passphrase}
        onChange={setPassphrase}
        testId="sync-passphrase"
      />
      <div className="button-row">
        <button type="submit" className="primary" disabled={isBusy || passphrase === ''}>
          Unlock sync
        </button>
      </div>
      <p className="hint" role="status">
        {said}
      </p>
    </form>
  )
}
