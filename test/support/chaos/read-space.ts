import { SPACE_ROWS } from '../../../src/core/sync/space-record.ts'
import type { RemoteEntry } from '../../../src/core/ports/remote-log.ts'
import { connectNats } from '../../../src/sync/nats/connect-nats.ts'
import type { SyncCredentials } from '../../../src/protocol/sync.ts'

/** Everything that a server has of the sessions of a space, read from its beginning over a connection of its own. */
export async function readSpace(
  servers: readonly string[],
  space: string,
  credentials?: SyncCredentials,
): Promise<readonly RemoteEntry[]> {
  const options = { servers, space, ...(credentials && { credentials }) }
  const log = await connectNats(options, () => undefined)
  const entries: RemoteEntry[] = []
  try {
    await new Promise<void>((resolve) => {
      log.follow(0, async (batch) => {
        entries.push(...batch.entries)
        if (batch.isCaughtUp) resolve()
      })
    })
  } finally {
    await log.close()
  }
  return entries.filter(({ token }) => token !== SPACE_ROWS.token)
}
