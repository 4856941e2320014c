import type { ReactElement } from 'react'
import { useEffect, useRef, useState } from 'react'
import type { ApplyAt } from '../../core/session/policy.ts'
import { APPLY_AT } from '../../core/session/policy.ts'
import type { SessionDetails } from '../../core/session/session-details.ts'
import { NO_PROVIDER, parseProvider, type Provider } from '../keep/app-settings.ts'
import { deskOf } from '../keep/desk.ts'
import type { Keep } from '../keep/keep-world.ts'
import { readTags, SETTINGS_KEY } from '../keep/kept-session.ts'
import { BudgetControl } from '../zones/budget-control.tsx'
import { Icon } from '../zones/icon.tsx'
import { ProviderForm } from './provider-form.tsx'

interface SessionSettingsProps {
  readonly keep: Keep
  readonly id: string
  readonly details: SessionDetails
  readonly budget: number
  /** Who answers where the session names nobody. */
  readonly fallback: Provider
  readonly onClose: () => void
}

const APPLY_WORDS: Readonly<Record<ApplyAt, string>> = {
  turn: 'At the start of a turn',
  idle: 'While nothing is done',
  between: 'When a session is opened',
  hard: 'Only when there is no room left',
  manual: 'Only when I say so',
}

/** Time without typing after which settings are stored, in milliseconds. */
const QUIET_MS = 400

/** What holds for one session. */
export function SessionSettings(props: SessionSettingsProps): ReactElement {
  const { keep, id, details, budget, onClose } = props
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const [title, setTitle] = useState(details.title)
  const [tags, setTags] = useState(details.tags.join(', '))
  const configure = (options: { budget?: { tokens: number }; applyAt?: ApplyAt }): void =>
    void keep.attempt('changing the settings', async (own) =>
      (await own.session(id)).configure(options),
    )
  const close = (): void => {
    if (title.trim() !== details.title) void keep.rename(id, title)
    const read = readTags(tags)
    if (read.join() !== details.tags.join()) void keep.setTags(id, read)
    onClose()
  }
  return (
    <dialog
      ref={dialog}
      className="ask"
      aria-labelledby="settings-title"
      closedby="any"
      onClose={close}
      data-testid="session-settings-dialog"
    >
      <div className="panel-head">
        <h2 id="settings-title">This session</h2>
        <button
          type="button"
          className="quiet"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      <div className="form">
        <label>
          Title
          <input
            value={title}
            maxLength={500}
            dir="auto"
            onChange={({ target }) => setTitle(target.value)}
          />
        </label>
        <label>
          Tags, separated by commas
          <input value={tags} dir="auto" onChange={({ target }) => setTags(target.value)} />
        </label>
        <BudgetControl budget={budget} onChange={(tokens) => configure({ budget: { tokens } })} />
        <label>
          When a fold that is ready is applied
          <select
            defaultValue=""
            onChange={({ target }) => {
              const applyAt = APPLY_AT.find((one) => one === target.value)
              if (applyAt !== undefined) configure({ applyAt })
            }}
          >
            <option value="">As it is</option>
            {APPLY_AT.map((at) => (
              <option key={at} value={at}>
                {APPLY_WORDS[at]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <OwnProvider {...props} />
    </dialog>
  )
}

function OwnProvider({ keep, id, details, fallback }: SessionSettingsProps): ReactElement {
  const stored = parseProvider(details.host[SETTINGS_KEY])
  const [own, setOwn] = useState(stored)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const change = (next: Provider | undefined): void => {
    setOwn(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(
      () =>
        void keep.attempt('changing the provider', async (opened) =>
          (await opened.session(id)).describe({
            host: { [SETTINGS_KEY]: next === undefined ? null : JSON.stringify(next) },
          }),
        ),
      QUIET_MS,
    )
  }
  return (
    <details className="form" open={own !== undefined}>
      <summary>Who answers here</summary>
      <label className="check">
        <input
          type="checkbox"
          checked={own === undefined}
          onChange={({ target }) =>
            change(target.checked ? undefined : { ...NO_PROVIDER, ...fallback })
          }
        />
        As in the settings of the app
      </label>
      {own !== undefined && (
        <ProviderForm provider={own} keys={deskOf(keep).providerKeys} onChange={change} />
      )}
    </details>
  )
}
