import type { ReactElement } from 'react'
import type { SiteSettings } from '../settings/extension-settings.ts'
import { LABELS } from './labels.ts'

/** What can be turned on and off on a site, in the order of weight. */
const SWITCHES = ['isOn', 'archives', 'rewrites', 'rescues', 'pill'] as const

interface SiteSwitchesProps {
  readonly site: SiteSettings
  readonly onChange: (patch: Partial<SiteSettings>) => void
}

/** The switches of one site. Those that do nothing while it is off can't be reached then. */
export function SiteSwitches({ site, onChange }: SiteSwitchesProps): ReactElement {
  return (
    <div className="form switches">
      {SWITCHES.map((name) => (
        <label key={name} className="check">
          <input
            type="checkbox"
            checked={site[name]}
            disabled={name !== 'isOn' && (!site.isOn || (name === 'rescues' && !site.rewrites))}
            onChange={({ target }) => onChange({ [name]: target.checked })}
            data-testid={`switch-${name}`}
          />
          {LABELS.site[name]}
        </label>
      ))}
    </div>
  )
}
