import type { ReactElement, SubmitEvent } from 'react'
import { useId, useState } from 'react'
import { fullTokens } from '../../src/app/view/token-format.ts'
import { Icon } from '../../src/app/zones/icon.tsx'
import { LABELS } from '../panel/labels.ts'
import { readTokens, withWindow } from '../panel/panel-core.ts'
import type { SiteSettings } from '../settings/extension-settings.ts'
import { OPTION_LABELS } from './option-labels.ts'

interface SiteWindowsProps {
  readonly windows: SiteSettings['windows']
  readonly onChange: (windows: SiteSettings['windows']) => void
}

/** The windows that a person set on a site, by model. */
export function SiteWindows({ windows, onChange }: SiteWindowsProps): ReactElement {
  const [model, setModel] = useState('')
  const [typed, setTyped] = useState('')
  const title = useId()
  const labels = OPTION_LABELS.sites
  const tokens = readTokens(typed)
  const known = Object.entries(windows)
  return (
    <div className="form" role="group" aria-labelledby={title}>
      <h3 id={title}>{labels.windows}</h3>
      <p className="hint">{labels.windowsHint}</p>
      {known.length > 0 && (
        <ul className="windows">
          {known.map(([name, size]) => (
            <li key={name}>
              <bdi>{name || labels.anyModel}</bdi>
              <span>{fullTokens(size)}</span>
              <button
                type="button"
                className="quiet"
                aria-label={labels.removeWindow(name || labels.anyModel)}
                onClick={() => onChange(withWindow(windows, name, null))}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <form
        className="inline-form"
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault()
          if (tokens === null) return
          onChange(withWindow(windows, model.trim(), tokens))
          setModel('')
          setTyped('')
        }}
      >
        <label>
          {labels.model}
          <input
            value={model}
            maxLength={200}
            spellCheck={false}
            onChange={({ target }) => setModel(target.value)}
          />
        </label>
        <label>
          {labels.tokens}
          <input
            value={typed}
            maxLength={40}
            inputMode="decimal"
            placeholder="128k"
            aria-invalid={typed !== '' && tokens === null}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        <button type="submit" className="plain" disabled={tokens === null}>
          {labels.addWindow}
        </button>
        {typed !== '' && tokens === null && <p className="failed">{LABELS.gauge.wrong}</p>}
      </form>
    </div>
  )
}
