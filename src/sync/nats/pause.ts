/** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
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
    signal.addEventListener('abort', end)
  })
}

const LONGEST_MS = 30_000

/** How long to wait after so many failures in a row: longer each time, at most half a minute, never the same for all. */
export function restAfter(failures: number, firstMs: number, random: number): number {
  if (failures === 0) return 0
  return Math.min(LONGEST_MS, firstMs * 2 ** (failures - 1)) * (0.5 + random / 2)
}
