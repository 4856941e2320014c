import { isAtKeyring } from '../../core/sync/keyring-record.ts'
import type { RemoteEntry, RemoteLog } from '../../core/ports/remote-log.ts'
import type { KeyringHome } from './keyring-home.ts'

/**
 * The keyring's place in a remote log.
 *
 * @param readSpace - All that the space says of itself, read anew each time.
 */
export function createKeyringHome(
  log: Pick<RemoteLog, 'commit'>,
  readSpace: () => Promise<readonly RemoteEntry[]>,
): KeyringHome {
  return {
    read: async () => (await readSpace()).filter(isAtKeyring),
    write: (entry, expected) => log.commit([entry], expected),
  }
}
