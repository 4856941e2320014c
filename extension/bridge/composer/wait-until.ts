/**
 * Waits until something is so, looking ever more seldom.
 *
 * @param longestMs - Longest wait in milliseconds.
 * @returns Whether it came to be so.
 */
export async function waitUntil(isSo: () => boolean, longestMs: number): Promise<boolean> {
  let waited = 0
  for (let pause = 0; ; pause = Math.min(pause * 2 + 8, 100)) {
    if (isSo()) return true
    if (waited >= longestMs) return false
    await wait(pause)
    // Counted, not measured: a page that holds its thread up has had no time to act.
    waited += Math.max(pause, 1)
  }
}

/** Lets the page act. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
