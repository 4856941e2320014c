import type { ReactElement } from 'react'
import { useState } from 'react'
import type { SyncStatus } from '../../protocol/sync.ts'
import { useMinute } from '../hooks/use-minute.ts'
import { localeOf } from '../keep/app-settings.ts'
import { whenText } from '../keep/kept-session.ts'
import type { KeepState } from '../keep/keep-world.ts'
import { hashOf } from '../shell/route.ts'
import { listDevices } from '../view/sync-words.ts'

interface SyncDevicesProps {
  readonly status: SyncStatus
  readonly state: KeepState
  readonly onRemove: (id: string) => void
}

/** All devices of the space, and what they are at. */
export function SyncDevices({ status, state, onRemove }: SyncDevicesProps): ReactElement {
  const [doomed, setDoomed] = useState<string | null>(null)
  const now = useMinute()
  const locale = localeOf(state.settings)
  const devices = listDevices(status.devices, status.device?.id)
  return (
    <>
      {devices.length > 0 && (
        <ul className="sync-devices" aria-label="Devices" data-testid="sync-devices">
          {devices.map(({ id, name, seenAt, isRemoved }) => {
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
                  <div className="sync-doomed">
                    <p className="hint">
                      It keeps what it has. From now on it is told nothing new where the space is
                      sealed; take its credentials from it as well.
                    </p>
                    <div className="button-row">
                      <button
                        type="button"
                        className="plain danger"
                        onClick={() => {
                          setDoomed(null)
                          onRemove(id)
                        }}
                        data-testid="device-remove-sure"
                      >
                        Remove {name}
                      </button>
                      <button type="button" className="plain" onClick={() => setDoomed(null)}>
                        Keep it
                      </button>
                    </div>
                  </div>
                )}
              </li>
            )
          })}
        </ul>
      )}
      {status.jobsElsewhere.length > 0 && (
        <ul className="lines" aria-label="Folds on other devices" data-testid="sync-jobs">
          {status.jobsElsewhere.map(({ session, device }) => (
            <li key={`${session} ${device}`}>
              <bdi>{device}</bdi> folds{' '}
              <a href={hashOf({ page: 'session', id: session, seq: null })}>
                <bdi>{state.sessions?.find(({ id }) => id === session)?.name ?? session}</bdi>
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
