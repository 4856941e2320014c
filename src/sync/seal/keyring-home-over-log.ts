import { KEYRING_PLACE } from '../../core/sync/keyring-record.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { RemoteEntry, RemoteLog } from '../../core/ports/remote-log.ts'
import type { KeyringHome } from './keyring-home.ts'
import { readWhole } from './read-whole.ts'

/**
 * The keyring's place in a remote log. All of that log is followed each time it is read, so it is best one that is narrowed
 * to what the space says of itself.
 */
export function createKeyringHome(
  log: Pick<RemoteLog, 'follow' | 'commit'>,
  clock: Pick<Clock, 'delay'>,
): KeyringHome {
  return {
    read: async () => (await readWhole(log, clock)).filter(isKeyring),
    write: (entry, expected) => log.commit([entry], expected),
  }
}

function isKeyring({ token, channel }: RemoteEntry): boolean {
  return token === KEYRING_PLACE.token && channel === KEYRING_PLACE.channel
}
