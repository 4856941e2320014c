import type { ReactElement, ReactNode } from 'react'
import { Icon } from '../../src/app/zones/icon.tsx'
import type { ExtensionSettings } from '../settings/extension-settings.ts'
import { hostName } from './host-name.ts'
import { LABELS } from './labels.ts'
import { originOfView } from './origin-of-view.ts'
import type { PanelStep, PanelView } from './panel-core.ts'
import type { PanelWorld } from './world.ts'

interface PanelHeadProps {
  readonly world: PanelWorld
  readonly view: PanelView
  readonly settings: ExtensionSettings
  readonly onStep: (step: PanelStep) => void
}

/** Which chat it is, and the ways to everything else. */
export function PanelHead({ world, view, settings, onStep }: PanelHeadProps): ReactElement {
  const state = 'state' in view ? view.state : null
  const origin = originOfView(view)
  const { header } = LABELS
  return (
    <header className="side-head">
      <div className="side-title">
        <h1 dir="auto" title={state?.title}>
          {state?.title || (state === null ? LABELS.name : LABELS.chats.unnamed)}
        </h1>
        {origin !== null && <p className="hint">{hostName(origin)}</p>}
      </div>
      <nav className="side-tools" aria-label={header.more}>
        <Tool label={header.chats} onPress={() => onStep({ type: 'screen', screen: 'chats' })}>
          <Icon name="menu" />
        </Tool>
        {origin !== null && (
          <Tool label={header.site} onPress={() => onStep({ type: 'screen', screen: 'site' })}>
            <Icon name="gear" />
          </Tool>
        )}
        <Tool
          label={settings.isPaused ? header.resume : header.pause}
          onPress={() => void world.change({ isPaused: !settings.isPaused })}
        >
          <Icon name={settings.isPaused ? 'play' : 'pause'} />
        </Tool>
        <Tool label={header.archive} onPress={() => void world.openPage('archive', '')}>
          <Icon name="disk" />
        </Tool>
        <Tool label={header.help} onPress={() => onStep({ type: 'screen', screen: 'intro' })}>
          <span aria-hidden="true">?</span>
        </Tool>
      </nav>
    </header>
  )
}

interface ToolProps {
  readonly label: string
  readonly onPress: () => void
  readonly children: ReactNode
}

function Tool({ label, onPress, children }: ToolProps): ReactElement {
  return (
    <button type="button" className="quiet" aria-label={label} title={label} onClick={onPress}>
      {children}
    </button>
  )
}
