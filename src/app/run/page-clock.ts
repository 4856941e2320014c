import type { ReplayClock } from '../replay/replay-player.ts'

/** Least time between two drawings of the page, in milliseconds: what nobody sees, nobody pays for. */
const DRAW_EVERY_MS = 40

/** The clock of a browser's page. */
export const PAGE_CLOCK: ReplayClock = { now: () => performance.now(), wait }

/** Calls back before a frame, at most 25 times a second; hidden pages, which get no frames, rarely. */
export function createPacer(): (callback: () => void) => void {
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
