import type { ReactElement } from 'react'
import { useSay } from '../panel/live.tsx'
import type { PanelWorld } from '../panel/world.ts'
import { OPTION_LABELS } from './option-labels.ts'

/** The way to the browser's own page of shortcuts: an extension may not set them. */
export function KeysSection({ world }: { readonly world: PanelWorld }): ReactElement {
  const say = useSay()
  const labels = OPTION_LABELS.keys
  const open = async (): Promise<void> => {
    if (!(await world.openShortcuts())) say(labels.elsewhere)
  }
  return (
    <>
      <p className="hint">{labels.lead}</p>
      <div className="button-row">
        <button type="button" className="plain" onClick={() => void open()} data-testid="shortcuts">
          {labels.open}
        </button>
      </div>
    </>
  )
}
