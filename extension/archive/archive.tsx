import { createRoot } from 'react-dom/client'
import { applyTheme } from '../../src/app/hooks/use-theme.ts'
import { layDesk } from '../../src/app/keep/desk.ts'
import { createKeep } from '../../src/app/keep/keep.ts'
import { App } from '../../src/app/shell/app.tsx'
import { panelWorld } from '../panel/panel-world.ts'
import { connectToHost } from '../wire/connect-panel.ts'
import { hostKeepWorld } from './host-keep-world.ts'
import { NO_UPDATES } from './no-updates.ts'
import './archive-styles.css'

/** The app over the extension's archive: everything that was ever said in a chat that is enabled. */
function start(root: HTMLElement): void {
  applyTheme()
  const line = connectToHost()
  const keep = createKeep(hostKeepWorld(line))
  layDesk(keep, panelWorld(location.search, line))
  createRoot(root).render(<App keep={keep} updates={NO_UPDATES} />)
  void keep.start().then(keep.refresh)
  const refresh = (): void => void keep.refresh()
  line.onProtection(({ isOpen }) => {
    // Locked from elsewhere: nothing that was read stays.
    if (!isOpen && keep.get().protection === 'passphrase' && keep.get().phase === 'open') {
      location.reload()
    }
  })
  // Chats go on in their tabs while this one is open.
  let isDue = false
  line.onTab(() => {
    if (isDue || document.hidden) return
    isDue = true
    setTimeout(() => {
      isDue = false
      refresh()
    }, REFRESH_MS)
  })
  window.addEventListener('focus', refresh)
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) refresh()
  })
}

/** Least time between two readings of the list because of what is said in tabs, in milliseconds. */
const REFRESH_MS = 3_000

const root = document.getElementById('root')
if (root !== null) start(root)
