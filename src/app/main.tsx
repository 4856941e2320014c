import { createRoot } from 'react-dom/client'
import { openBackfold } from '../client/open-backfold.ts'
import { Page } from './page.tsx'
import { fetchCatalog, openDroppedFile, openListedFile } from './run/open-file.ts'
import { createPlayground } from './run/playground.ts'
import './styles/base.css'
import './styles/controls.css'
import './styles/layout.css'
import './styles/start-card.css'
import './styles/session.css'
import './styles/messages.css'
import './styles/composer.css'
import './styles/gauge.css'
import './styles/chart.css'
import './styles/job.css'
import './styles/inspector.css'
import './styles/digest.css'
import './styles/lists.css'
import './styles/memory.css'
import './styles/summarisers.css'
import './styles/chooser.css'
import './styles/narrow.css'

/** Binds the page to the browser; everything else gets its world handed in. */
function start(root: HTMLElement): void {
  const playground = createPlayground({
    openBackfold: () => openBackfold(),
    fetchCatalog,
    openListedFile,
    openDroppedFile,
    fetchLike: (url, init) => fetch(url, init),
    isOnline: () => navigator.onLine,
    // Not `localStorage` itself: where storage is forbidden, naming it throws.
    storage: {
      getItem: (name) => localStorage.getItem(name),
      setItem: (name, value) => localStorage.setItem(name, value),
    },
    clock: { now: () => performance.now(), wait },
    today: () => Date.now(),
    nextFrame: createPacer(),
  })
  createRoot(root).render(<Page playground={playground} />)
  void playground.open()
}

/** Least time between two drawings of the page, in milliseconds: what nobody sees, nobody pays for. */
const DRAW_EVERY_MS = 40

/** Calls back before a frame, at most 25 times a second; hidden pages, which get no frames, rarely. */
function createPacer(): (callback: () => void) => void {
  let drawn = 0
  return (callback) => {
    const draw = (): void => {
      drawn = performance.now()
      callback()
    }
    const due = drawn + DRAW_EVERY_MS - performance.now()
    if (document.hidden) setTimeout(draw, 500)
    else if (due > 0) setTimeout(() => requestAnimationFrame(draw), due)
    else requestAnimationFrame(draw)
  }
}

/** Waits, or ends at once when the signal aborts. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}

const root = document.getElementById('root')
if (root !== null) start(root)
