/** What a person would have felt while it was watched. */
export interface Frames {
  /** Longest time between two frames, in milliseconds. Says more about the machine than about us. */
  readonly longestGapMs: number
  /** Long animation frames in which a script of the watched file ran, and how long it ran in them. */
  readonly longFrames: number
  readonly longFrameScriptMs: number
}

interface LongFrame extends PerformanceEntry {
  readonly scripts: readonly { readonly sourceURL: string; readonly duration: number }[]
}

/** Draws a frame after the other, as an animation does, and notes those that came late. */
export function watchFrames(file: string): { stop(): Promise<Frames> } {
  let [longestGapMs, longFrames, longFrameScriptMs] = [0, 0, 0]
  let last = performance.now()
  let stopped = false
  const draw = (now: number): void => {
    longestGapMs = Math.max(longestGapMs, now - last)
    last = now
    document.body.style.backgroundColor = longestGapMs % 2 > 1 ? '#fff' : '#fefefe'
    if (!stopped) requestAnimationFrame(draw)
  }
  requestAnimationFrame(draw)
  const take = (entries: readonly PerformanceEntry[]): void => {
    for (const entry of entries as readonly LongFrame[]) {
      const own = entry.scripts.filter(({ sourceURL }) => sourceURL.endsWith(file))
      if (own.length > 0) longFrames += 1
      for (const { duration } of own) longFrameScriptMs += duration
    }
  }
  const observer = new PerformanceObserver((list) => take(list.getEntries()))
  observer.observe({ type: 'long-animation-frame' })
  return {
    async stop() {
      // A long frame is reported only after it was drawn.
      await new Promise((resolve) => setTimeout(resolve, 150))
      take(observer.takeRecords())
      observer.disconnect()
      stopped = true
      return { longestGapMs, longFrames, longFrameScriptMs }
    },
  }
}
