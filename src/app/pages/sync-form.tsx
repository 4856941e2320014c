import type { ReactElement, SubmitEvent } from 'react'
import { useState } from 'react'
import { CREDENTIAL_KINDS, judgeDraft, type SyncDraft } from '../keep/sync-draft.ts'
import { SecretField } from '../zones/secret-field.tsx'

interface SyncFormProps {
  readonly first: SyncDraft
  /** What is kept in this browser is encrypted with a passphrase. */
  readonly isEncrypted: boolean
  /** What is wrong, or null. */
  readonly onDone: (draft: SyncDraft) => Promise<string | null>
  readonly onClose: () => void
}

const KIND_NAMES = {
  none: 'None',
  token: 'Token',
  password: 'User and password',
  jwt: 'JWT and seed',
} as const

/** Where a person says how this device is synchronised. */
export function SyncForm({ first, isEncrypted, onDone, onClose }: SyncFormProps): ReactElement {
  const [draft, setDraft] = useState(first)
  const [said, setSaid] = useState('')
  const [isBusy, setBusy] = useState(false)
  const change = (patch: Partial<SyncDraft>): void => {
    setDraft({ ...draft, ...patch })
    setSaid('')
  }
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const problem = judgeDraft(draft, location.protocol)
    if (problem !== null) {
      setSaid(problem)
      return
    }
    setBusy(true)
    void onDone(draft).then((failed) => {
      setBusy(false)
      if (failed === null) onClose()
      else setSaid(failed)
    })
  }
  return (
    <form className="form" autoComplete="off" onSubmit={submit} data-testid="sync-form">
      <Place draft={draft} onChange={change} />
      <Credentials draft={draft} onChange={change} />
      <Sealing draft={draft} onChange={change} isEncrypted={isEncrypted} />
      <div className="button-row">
        <button type="submit" className="primary" disabled={isBusy} data-testid="sync-start">
          Start sync
        </button>
        <button type="button" className="plain" disabled={isBusy} onClick={onClose}>
          Cancel
        </button>
      </div>
      <p className="hint" role="status" data-testid="sync-problem">
        {said}
      </p>
    </form>
  )
}

interface FieldsProps {
  readonly draft: SyncDraft
  readonly onChange: (patch: Partial<SyncDraft>) => void
}

function Place({ draft, onChange: change }: FieldsProps): ReactElement {
  return (
    <>
      <label>
        <span>
          Addresses of the server <span className="hint">one a line, wss://…</span>
        </span>
        <textarea
          rows={2}
          value={draft.servers}
          onChange={({ target }) => change({ servers: target.value })}
          spellCheck={false}
          placeholder="wss://sync.example.com"
          data-testid="sync-servers"
        />
      </label>
      <label>
        <span>
          Space <span className="hint">“default” if empty</span>
        </span>
        <input
          value={draft.space}
          maxLength={64}
          onChange={({ target }) => change({ space: target.value })}
          spellCheck={false}
          data-testid="sync-space"
        />
      </label>
      <label>
        <span>
          Name of this device <span className="hint">as your other devices show it</span>
        </span>
        <input
          value={draft.deviceName}
          maxLength={100}
          dir="auto"
          onChange={({ target }) => change({ deviceName: target.value })}
          data-testid="sync-device-name"
        />
      </label>
    </>
  )
}

function Sealing({
  draft,
  onChange: change,
  isEncrypted,
}: FieldsProps & { readonly isEncrypted: boolean }): ReactElement {
  return (
    <>
      <label className="check">
        <input
          type="checkbox"
          checked={draft.isSealed}
          onChange={({ target }) => change({ isSealed: target.checked })}
          data-testid="sync-sealed"
        />
        Seal everything before it leaves this device
      </label>
      {draft.isSealed && (
        <SecretField
          label="Passphrase of the space"
          hint="the same on all your devices; nobody can reset it"
          value={draft.passphrase}
          onChange={(passphrase) => change({ passphrase })}
          testId="sync-space-passphrase"
        />
      )}
      {(draft.isSealed || draft.kind !== 'none') && (
        <SecretField
          label="Passphrase to keep all this here"
          hint={keepHint(draft.isSealed, isEncrypted)}
          value={draft.keptWith}
          onChange={(keptWith) => change({ keptWith })}
          testId="sync-kept-with"
        />
      )}
    </>
  )
}

function Credentials({ draft, onChange }: FieldsProps): ReactElement {
  const { kind, user, secret, seed } = draft
  const names = { none: '', token: 'Token', password: 'Password', jwt: 'JWT' }
  return (
    <>
      <label>
        Credentials
        <select
          value={kind}
          onChange={({ target }) =>
            onChange({
              kind: CREDENTIAL_KINDS.find((known) => known === target.value) ?? 'none',
              secret: '',
              seed: '',
            })
          }
          data-testid="sync-kind"
        >
          {CREDENTIAL_KINDS.map((known) => (
            <option key={known} value={known}>
              {KIND_NAMES[known]}
            </option>
          ))}
        </select>
      </label>
      {kind === 'password' && (
        <label>
          User
          <input
            value={user}
            autoComplete="off"
            onChange={({ target }) => onChange({ user: target.value })}
            data-testid="sync-user"
          />
        </label>
      )}
      {kind !== 'none' && (
        <SecretField
          label={names[kind]}
          hint=""
          value={secret}
          onChange={(next) => onChange({ secret: next })}
          testId="sync-secret"
        />
      )}
      {kind === 'jwt' && (
        <SecretField
          label="Seed"
          hint=""
          value={seed}
          onChange={(next) => onChange({ seed: next })}
          testId="sync-seed"
        />
      )}
    </>
  )
}

/** What becomes of what is secret once the page is closed. */
function keepHint(isSealed: boolean, isEncrypted: boolean): string {
  if (isEncrypted) return 'the one that unlocks this app, and sync starts with it'
  return isSealed
    ? 'that of the space if empty; asked for when the app is opened'
    : 'asked for when the app is opened; if empty, nothing secret is kept'
}
