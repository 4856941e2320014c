import type { ReactElement } from 'react'

export const ZONES = ['session', 'state', 'inspector'] as const
export type Zone = (typeof ZONES)[number]

const NAMES: Readonly<Record<Zone, string>> = {
  session: 'Session',
  state: 'State',
  inspector: 'Inspector',
}

interface ZoneTabsProps {
  readonly zone: Zone
  readonly onZone: (zone: Zone) => void
}

/** On narrow screens one zone is shown at a time; on wide ones this is hidden. */
export function ZoneTabs({ zone, onZone }: ZoneTabsProps): ReactElement {
  return (
    <nav className="zone-tabs" aria-label="Zones">
      {ZONES.map((name) => (
        <button
          key={name}
          type="button"
          aria-current={zone === name ? 'page' : undefined}
          onClick={() => onZone(name)}
        >
          {NAMES[name]}
        </button>
      ))}
    </nav>
  )
}
