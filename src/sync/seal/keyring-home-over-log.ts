import { KEYRING_PLACE } from '../../core/sync/keyring-record.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { RemoteEntry, RemoteLog } from '../../core/ports/remote-log.ts'
import type { KeyringHome } from './keyring-home.ts'

/** How long the server may take to show all that stands there, in milliseconds. */
const PATIENCE_MS = 15_000

/**
 * The keyring's place in a remote log. All of that log is followed each time it is read, so it is best one that is narrowed
 * to what the space says of itself.
 */
export function createKeyringHome(
  log: Pick<RemoteLog, 'follow' | 'commit'>,
  clock: Pick<Clock, 'delay'>,
): KeyringHome {
  return {
    read: () => readPlace(log, clock),
    write: (entry, expected) => log.commit([entry], expected),
  }
}

async function readPlace(
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
    found.push(...batch.entries.filter(isKeyring))
    if (!batch.isCaughtUp) return
    isAll = true
    tell()
  })
  const late = clock.delay(PATIENCE_MS, over.signal).catch(() => undefined)
  await Promise.race([caughtUp, following.ended, late])
  over.abort(new Error('it was read'))
  following.stop()
  if (!isAll) throw new Error('the server did not show the keys of the space in time')
  return found
}

function isKeyring({ token, channel }: RemoteEntry): boolean {
  return token === KEYRING_PLACE.token && channel === KEYRING_PLACE.channel
}
