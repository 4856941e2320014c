import type { ReactElement } from 'react'
import { useObservable } from '../../src/widget/hooks/use-observable.ts'
import { hostName } from '../panel/host-name.ts'
import { LABELS } from '../panel/labels.ts'
import { useSay } from '../panel/live.tsx'
import { isGranted } from '../panel/panel-core.ts'
import { SiteSwitches } from '../panel/site-switches.tsx'
import { OriginForm } from '../panel/state-card.tsx'
import type { PanelWorld } from '../panel/world.ts'
import type { ExtensionSettings, SiteSettings } from '../settings/extension-settings.ts'
import { OPTION_LABELS } from './option-labels.ts'
import { SiteWindows } from './site-windows.tsx'
import { SiteWriters } from './site-writers.tsx'

interface SitesSectionProps {
  readonly world: PanelWorld
  readonly settings: ExtensionSettings
}

/** The sites that were ever enabled, each with what holds there. */
export function SitesSection({ world, settings }: SitesSectionProps): ReactElement {
  const granted = useObservable(world.granted)
  const sites = Object.entries(settings.sites).sort(([a], [b]) => (a < b ? -1 : 1))
  return (
    <>
      <p className="hint">{OPTION_LABELS.sites.lead}</p>
      {sites.length === 0 && <p className="empty">{OPTION_LABELS.sites.empty}</p>}
      <ul className="sites">
        {sites.map(([origin, site]) => (
          <SiteItem
            key={origin}
            world={world}
            origin={origin}
            site={site}
            isAllowed={granted !== null && isGranted(granted, origin)}
          />
        ))}
      </ul>
      <h3>{OPTION_LABELS.sites.add}</h3>
      <OriginForm world={world} />
    </>
  )
}

interface SiteItemProps {
  readonly world: PanelWorld
  readonly origin: string
  readonly site: SiteSettings
  readonly isAllowed: boolean
}

function SiteItem({ world, origin, site, isAllowed }: SiteItemProps): ReactElement {
  const say = useSay()
  const labels = OPTION_LABELS.sites
  const host = hostName(origin)
  const standing = !isAllowed ? labels.noPermission : site.isOn ? labels.granted : labels.off
  const change = (patch: Partial<SiteSettings>): void =>
    void world.changeSite(origin, patch).then(() => say(LABELS.site.saved))
  return (
    <li data-testid="site-item">
      <details>
        <summary>
          <bdi>{host}</bdi>{' '}
          <span
            className="status"
            data-status={!isAllowed ? 'rejected' : site.isOn ? 'applied' : 'off'}
          >
            {standing}
          </span>
        </summary>
        <div className="form site-body" role="group" aria-label={labels.details(host)}>
          {isAllowed && <SiteSwitches site={site} onChange={change} />}
          <SiteWindows windows={site.windows} onChange={(windows) => change({ windows })} />
          <SiteWriters world={world} chosen={site.summarisers} onChange={change} />
          <div className="button-row">
            {isAllowed ? (
              <button
                type="button"
                className="plain danger"
                onClick={() => void world.disable(origin).then(() => say(labels.revoked(host)))}
                data-testid="revoke"
              >
                {labels.revoke}
              </button>
            ) : (
              <button
                type="button"
                className="plain"
                onClick={() =>
                  void world.enable(origin).then((isGiven) => {
                    if (!isGiven) say(LABELS.states.noAccess.refused)
                  })
                }
                data-testid="allow"
              >
                {labels.allow}
              </button>
            )}
          </div>
        </div>
      </details>
    </li>
  )
}
