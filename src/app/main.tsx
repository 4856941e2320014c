import { createRoot } from 'react-dom/client'
import { applyTheme } from './hooks/use-theme.ts'
import { createKeep } from './keep/keep.ts'
import { pageWorld } from './keep/page-world.ts'
import { watchUpdates } from './pwa/updates.ts'
import { App } from './shell/app.tsx'
import './styles/base.css'
import './styles/controls.css'
import './styles/layout.css'
import './styles/shell.css'
import './styles/pages.css'

/** Binds the page to the browser; everything else gets its world handed in. */
function start(root: HTMLElement): void {
  applyTheme()
  const keep = createKeep(pageWorld())
  const updates = watchUpdates(keep.settle)
  createRoot(root).render(<App keep={keep} updates={updates} />)
  void keep.start().then(async () => {
    updates.start()
    await keep.refresh()
  })
  for (const type of ['pointerdown', 'keydown', 'wheel'] as const) {
    window.addEventListener(type, keep.touch, { passive: true, capture: true })
  }
  window.addEventListener('focus', () => void keep.refresh())
  // What other tabs of other releases append, nobody tells.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void keep.refresh()
  })
}

const root = document.getElementById('root')
if (root !== null) start(root)
