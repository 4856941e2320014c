import type { ReactElement } from 'react'
import type { ExtensionSettings } from '../settings/extension-settings.ts'
import { hostName } from './host-name.ts'
import { LABELS } from './labels.ts'
import { useSay } from './live.tsx'
import { siteSettingsOf } from '../settings/read-settings.ts'
import { ScreenHead } from './screen-head.tsx'
import { SiteSwitches } from './site-switches.tsx'
import type { PanelWorld } from './world.ts'

interface SiteViewProps {
  readonly world: PanelWorld
  readonly settings: ExtensionSettings
  readonly origin: string
  readonly onBack: () => void
}

/** What holds on the site that is shown. */
export function SiteView({ world, settings, origin, onBack }: SiteViewProps): ReactElement {
  const say = useSay()
  return (
    <section className="screen" aria-labelledby="screen-title" data-testid="site">
      <ScreenHead title={LABELS.site.title(hostName(origin))} onBack={onBack} />
      <SiteSwitches
        site={siteSettingsOf(settings, origin)}
        onChange={(patch) =>
          void world.changeSite(origin, patch).then(() => say(LABELS.site.saved))
        }
      />
      <p className="hint">{LABELS.site.reloadHint}</p>
      <div className="button-row">
        <button
          type="button"
          className="plain danger"
          onClick={() => {
            void world.disable(origin).then(() => say(LABELS.site.removed))
            onBack()
          }}
          data-testid="revoke"
        >
          {LABELS.site.remove}
        </button>
        <button type="button" className="plain" onClick={() => void world.openPage('options', '')}>
          {LABELS.site.all}
        </button>
      </div>
    </section>
  )
}
