import type { ReactElement, SubmitEvent } from 'react'
import { useState } from 'react'
import type { SyncStatus } from '../../protocol/sync.ts'
import { useMinute } from '../hooks/use-minute.ts'
import { localeOf } from '../keep/app-settings.ts'
import { whenText } from '../keep/kept-session.ts'
import type { KeepState } from '../keep/keep-world.ts'
import { hashOf } from '../shell/route.ts'
import { listDevices } from '../view/sync-words.ts'
import { SecretField } from '../zones/secret-field.tsx'
import { ShortList } from './short-list.tsx'

interface SyncDevicesProps {
  readonly status: SyncStatus
  readonly state: KeepState
  /** A device is shut out by a new passphrase. */
  readonly isSealed: boolean
  readonly onRemove: (id: string, passphrase?: string) => void
}

/** All devices of the space, and what they are at. */
export function SyncDevices({ status, state, isSealed, onRemove }: SyncDevicesProps): ReactElement {
  const [doomed, setDoomed] = useState<string | null>(null)
  const now = useMinute()
  const locale = localeOf(state.settings)
  return (
    <>
      <ShortList
        items={listDevices(status.devices, status.device?.id)}
        most={MOST_SHOWN}
        label="Devices"
        others="more devices"
        className="sync-devices"
        testId="sync-devices"
      >
        {({ id, name, seenAt, isRemoved }) => {
          const isOwn = id === status.device?.id
          return (
            <li key={id} data-removed={isRemoved}>
              <span className="sync-device">
                <bdi>{name}</bdi>
                <span className="hint">
                  {isOwn
                    ? 'this device'
                    : isRemoved
                      ? 'removed'
                      : `last seen ${whenText(seenAt, now, locale)}`}
                </span>
              </span>
              {!isOwn && !isRemoved && doomed !== id && (
                <button
                  type="button"
                  className="quiet danger"
                  onClick={() => setDoomed(id)}
                  aria-label={`Remove ${name}`}
                  data-testid="device-remove"
                >
                  Remove
                </button>
              )}
              {doomed === id && !isRemoved && (
                <Removal
                  name={name}
                  isSealed={isSealed}
                  onRemove={(passphrase) => {
                    setDoomed(null)
                    onRemove(id, passphrase)
                  }}
                  onKeep={() => setDoomed(null)}
                />
              )}
            </li>
          )
        }}
      </ShortList>
      {status.jobsElsewhere.length > 0 && (
        <ul className="lines" aria-label="Folds on other devices" data-testid="sync-jobs">
          {status.jobsElsewhere.map(({ session, device }) => (
            <li key={`${session} ${device}`}>
              <bdi>{device}</bdi> folds{' '}
              <a className="link" href={hashOf({ page: 'session', id: session, seq: null })}>
                <bdi>{state.sessions?.find(({ id }) => id === session)?.name ?? session}</bdi>
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** A person has a handful; those that come and go with each test or private window are many. */
const MOST_SHOWN = 8

interface RemovalProps {
  readonly name: string
  readonly isSealed: boolean
  readonly onRemove: (passphrase?: string) => void
  readonly onKeep: () => void
}

/** Asks once more before a device is removed and, where the space is sealed, for the passphrase that it does not know. */
function Removal({ name, isSealed, onRemove, onKeep }: RemovalProps): ReactElement {
  const [passphrase, setPassphrase] = useState('')
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (isSealed) onRemove(passphrase)
    else onRemove()
  }
  return (
    <form className="sync-doomed" autoComplete="off" onSubmit={submit}>
      <p className="hint">
        {isSealed
          ? 'It keeps what it has, and reads nothing that is said from now on. Take its credentials from it as well.'
          : 'It keeps what it has. This space is not sealed: it reads on until its credentials are taken from it on the server.'}
      </p>
      {isSealed && (
        <SecretField
          label="New passphrase of the space"
          hint="At least 8 characters. All other devices wait until it is entered there, under Change; here it opens sync from now on."
          value={passphrase}
          onChange={setPassphrase}
          testId="device-passphrase"
        />
      )}
      <div className="button-row">
        <button
          type="submit"
          className="plain danger"
          disabled={isSealed && passphrase.length < LEAST_PASSPHRASE}
          data-testid="device-remove-sure"
        >
          Remove {name}
        </button>
        <button type="button" className="plain" onClick={onKeep}>
          Keep it
        </button>
      </div>
    </form>
  )
}

/** Characters of a space's passphrase. */
const LEAST_PASSPHRASE = 8
