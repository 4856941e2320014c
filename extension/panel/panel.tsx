import { createRoot } from 'react-dom/client'
import { applyTheme } from '../../src/app/hooks/use-theme.ts'
import { PanelPage } from './panel-page.tsx'
import { panelWorld } from './panel-world.ts'
import './panel-styles.css'

/** Binds the panel to the browser; everything else gets its world handed in. */
function start(root: HTMLElement): void {
  applyTheme()
  createRoot(root).render(<PanelPage world={panelWorld(location.search)} />)
}

const root = document.getElementById('root')
if (root !== null) start(root)
