import type { ReactElement } from 'react'
import { useObservable } from '../../src/widget/hooks/use-observable.ts'
import { hostName } from '../panel/host-name.ts'
import { useSay } from '../panel/live.tsx'
import type { PanelWorld } from '../panel/world.ts'
import type { ExtensionSettings } from '../settings/extension-settings.ts'
import { OPTION_LABELS } from './option-labels.ts'

interface AboutSectionProps {
  readonly world: PanelWorld
  readonly settings: ExtensionSettings
  readonly version: string
}

/** Which version it is, and how it does. */
export function AboutSection({ world, settings, version }: AboutSectionProps): ReactElement {
  const host = useObservable(world.host)
  const tabs = useObservable(world.tabs)
  const say = useSay()
  const labels = OPTION_LABELS.about
  return (
    <>
      <p>
        {labels.version(version)} {labels.host[host.status]}
      </p>
      <label className="check">
        <input
          type="checkbox"
          checked={settings.isPaused}
          onChange={({ target }) => void world.change({ isPaused: target.checked })}
          data-testid="paused"
        />
        {labels.pause}
      </label>
      <h3>{labels.tabs}</h3>
      {tabs.length === 0 && <p className="hint">{labels.noTabs}</p>}
      <ul className="lines">
        {tabs.map(({ tab, origin, title, kind, health }) => (
          <li key={tab}>
            <bdi>{title.slice(0, 200)}</bdi>{' '}
            <span className="hint">
              {hostName(origin)}: {kind === 'whole' ? labels.sent : labels.states[health.state]}
              {health.detail !== '' && ` (${health.detail.slice(0, 300)})`}
            </span>
          </li>
        ))}
      </ul>
      <div className="button-row">
        <button
          type="button"
          className="link"
          onClick={() => void world.openPage('archive', '#/health')}
        >
          {labels.health}
        </button>
        <button
          type="button"
          className="link"
          onClick={() =>
            void world.change({ isIntroduced: false }).then(() => say(labels.introSaid))
          }
          data-testid="intro-again"
        >
          {labels.intro}
        </button>
      </div>
    </>
  )
}
