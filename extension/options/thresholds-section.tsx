import type { ReactElement, SubmitEvent } from 'react'
import { useState } from 'react'
import { LABELS } from '../panel/labels.ts'
import { useSay } from '../panel/live.tsx'
import type { PanelWorld } from '../panel/world.ts'
import type { ExtensionSettings } from '../settings/extension-settings.ts'
import { OPTION_LABELS } from './option-labels.ts'
import { readThresholds } from './read-thresholds.ts'

interface ThresholdsSectionProps {
  readonly world: PanelWorld
  readonly thresholds: ExtensionSettings['thresholds']
}

/** From when on it is said that a chat gets long. */
export function ThresholdsSection({ world, thresholds }: ThresholdsSectionProps): ReactElement {
  const [warn, setWarn] = useState(String(Math.round(thresholds.warn * 100)))
  const [urgent, setUrgent] = useState(String(Math.round(thresholds.urgent * 100)))
  const say = useSay()
  const read = readThresholds(warn, urgent)
  const labels = OPTION_LABELS.thresholds
  return (
    <form
      className="form"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault()
        if (read === null) return
        void world.change({ thresholds: read }).then(() => say(OPTION_LABELS.saved))
      }}
    >
      <p className="hint">{labels.lead}</p>
      <div className="inline-form">
        <label>
          {labels.warn}
          <input
            inputMode="numeric"
            maxLength={5}
            value={warn}
            onChange={({ target }) => setWarn(target.value)}
            data-testid="warn"
          />
        </label>
        <label>
          {labels.urgent}
          <input
            inputMode="numeric"
            maxLength={5}
            value={urgent}
            onChange={({ target }) => setUrgent(target.value)}
            data-testid="urgent"
          />
        </label>
        <button type="submit" className="plain" disabled={read === null}>
          {LABELS.gauge.save}
        </button>
      </div>
      <p className="failed" role="status">
        {read === null ? labels.wrong : ''}
      </p>
    </form>
  )
}
