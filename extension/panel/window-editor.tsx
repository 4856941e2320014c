import type { ReactElement, SubmitEvent } from 'react'
import { useState } from 'react'
import { focusOn } from '../../src/app/hooks/focus-on.ts'
import type { ExtensionSettings } from '../settings/extension-settings.ts'
import type { GaugeState } from '../wire/bridge-wire.ts'
import { LABELS } from './labels.ts'
import { useSay } from './live.tsx'
import { siteSettingsOf } from '../settings/read-settings.ts'
import { readTokens, withWindow } from './panel-core.ts'
import type { PanelWorld } from './world.ts'

interface WindowEditorProps {
  readonly world: PanelWorld
  readonly settings: ExtensionSettings
  readonly origin: string
  readonly gauge: GaugeState
  readonly onDone: () => void
}

/** Sets the window of a model on a site, or of all its models; or gives it back to whoever else knows. */
export function WindowEditor(props: WindowEditorProps): ReactElement {
  const { world, origin, gauge, onDone } = props
  const [typed, setTyped] = useState(String(gauge.window))
  const [isOnly, setOnly] = useState(gauge.model !== null)
  const say = useSay()
  const tokens = readTokens(typed)
  const model = isOnly ? (gauge.model ?? '') : ''
  const set = (next: number | null): void => {
    const { windows } = siteSettingsOf(props.settings, origin)
    // Given back, no window that a person set stands in the way, whether for the model or for all.
    const others = next === null ? withWindow(windows, gauge.model ?? '', null) : windows
    const changed = world.changeSite(origin, {
      windows: withWindow(others, next === null ? '' : model, next),
    })
    const words = next === null ? LABELS.gauge.saidReset : LABELS.gauge.said(next)
    void changed.then(() => say(words))
    onDone()
  }
  return (
    <form
      className="form window-form"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault()
        if (tokens !== null) set(tokens)
      }}
    >
      <label>
        {LABELS.gauge.editTitle}
        <input
          ref={focusOn}
          value={typed}
          inputMode="decimal"
          maxLength={40}
          aria-invalid={tokens === null}
          aria-describedby="window-problem"
          onChange={({ target }) => setTyped(target.value)}
          data-testid="window-tokens"
        />
      </label>
      <p className="failed" id="window-problem">
        {tokens === null ? LABELS.gauge.wrong : ''}
      </p>
      {gauge.model !== null && (
        <label>
          <select
            value={isOnly ? 'only' : 'every'}
            aria-label={LABELS.gauge.model('')}
            onChange={({ target }) => setOnly(target.value === 'only')}
          >
            <option value="only">{LABELS.gauge.onlyModel(gauge.model.slice(0, 80))}</option>
            <option value="every">{LABELS.gauge.everyModel}</option>
          </select>
        </label>
      )}
      <div className="button-row">
        <button type="submit" className="primary" disabled={tokens === null}>
          {LABELS.gauge.save}
        </button>
        {gauge.windowFrom === 'person' && (
          <button type="button" className="plain" onClick={() => set(null)}>
            {LABELS.gauge.reset}
          </button>
        )}
        <button type="button" className="quiet" onClick={onDone}>
          {LABELS.cancel}
        </button>
      </div>
    </form>
  )
}
