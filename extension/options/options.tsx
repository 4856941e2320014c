import { createRoot } from 'react-dom/client'
import { applyTheme } from '../../src/app/hooks/use-theme.ts'
import { createKeep } from '../../src/app/keep/keep.ts'
import { hostKeepWorld } from '../archive/host-keep-world.ts'
import { panelWorld } from '../panel/panel-world.ts'
import { connectToHost } from '../wire/connect-panel.ts'
import { OptionsPage } from './options-page.tsx'
import './options-styles.css'

/** Binds the options to the browser; everything else gets its world handed in. */
function start(root: HTMLElement): void {
  applyTheme()
  const line = connectToHost()
  const keep = createKeep(hostKeepWorld(line))
  const about = { version: chrome.runtime.getManifest().version }
  createRoot(root).render(
    <OptionsPage world={panelWorld(location.search, line)} keep={keep} about={about} />,
  )
  void keep.start()
  line.onProtection(({ isOpen }) => {
    // Unlocked or locked from elsewhere: begun anew, nothing that was read stays.
    const isLocked = keep.get().phase === 'locked'
    if (isOpen === isLocked && keep.get().protection === 'passphrase') location.reload()
  })
}

const root = document.getElementById('root')
if (root !== null) start(root)
