import type { ReactElement } from 'react'
import { useEffect, useId } from 'react'
import { useObservable } from '../../src/widget/hooks/use-observable.ts'
import type { PanelWorld } from '../panel/world.ts'
import type { SiteSettings } from '../settings/extension-settings.ts'
import { OPTION_LABELS } from './option-labels.ts'

interface SiteWritersProps {
  readonly world: PanelWorld
  readonly chosen: SiteSettings['summarisers']
  readonly onChange: (patch: Pick<SiteSettings, 'summarisers'>) => void
}

/** Which summarisers may read what is said on a site. */
export function SiteWriters({ world, chosen, onChange }: SiteWritersProps): ReactElement {
  const { status } = useObservable(world.ladder)
  const title = useId()
  const labels = OPTION_LABELS.sites
  useEffect(() => void world.ladder.open(), [world])
  const offered = status.steps.map(({ name }) => name)
  const isAll = chosen === 'all'
  // Those that are not on the ladder now may come back.
  const names = [...new Set([...offered, ...(isAll ? [] : chosen)])]
  return (
    <fieldset className="writers" aria-labelledby={title}>
      <h3 id={title}>{labels.writers}</h3>
      {names.length === 0 && <p className="hint">{labels.noWriters}</p>}
      <label className="check">
        <input
          type="radio"
          name={title}
          checked={isAll}
          onChange={() => onChange({ summarisers: 'all' })}
        />
        {labels.allWriters}
      </label>
      <label className="check">
        <input
          type="radio"
          name={title}
          checked={!isAll}
          onChange={() => onChange({ summarisers: isAll ? [] : chosen })}
        />
        {labels.someWriters}
      </label>
      {!isAll &&
        names.map((name) => (
          <label key={name} className="check writer">
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={({ target }) =>
                onChange({
                  summarisers: target.checked
                    ? [...chosen, name]
                    : chosen.filter((one) => one !== name),
                })
              }
            />
            <bdi>{name}</bdi>
          </label>
        ))}
    </fieldset>
  )
}
