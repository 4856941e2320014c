import type { Clock } from '../../core/ports/clock.ts'
import type { RemoteEntry, RemoteLog } from '../../core/ports/remote-log.ts'

/** How long the server may take to show all that is there, in milliseconds. */
const PATIENCE_MS = 15_000

/** All entries of a log, best of one that is narrowed. Rejects where the server does not show them in time. */
export async function readWhole(
  log: Pick<RemoteLog, 'follow'>,
  clock: Pick<Clock, 'delay'>,
): Promise<readonly RemoteEntry[]> {
  const found: RemoteEntry[] = []
  const over = new AbortController()
  let isAll = false
  let tell: () => void = () => undefined
  const caughtUp = new Promise<void>((resolve) => {
    tell = resolve
  })
  const following = log.follow(0, async (batch) => {
    found.push(...batch.entries)
    if (!batch.isCaughtUp) return
    isAll = true
    tell()
  })
  const late = clock.delay(PATIENCE_MS, over.signal).catch(() => undefined)
  await Promise.race([caughtUp, following.ended, late])
  over.abort(new Error('it was read'))
  following.stop()
  if (!isAll) throw new Error('the server did not show what is there in time')
  return found
}
