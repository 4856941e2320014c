import { createJobQueue } from './job-queue.ts'
import { SpaceFollowing, type Told } from './follow-space.ts'
import { NatsLink } from './nats-link.ts'
import type { NatsLog, NatsOptions, NatsState } from './nats-options.ts'
import { isSubjectToken } from './space-subjects.ts'
import { SpaceWriter } from './write-entries.ts'

const DEFAULT_BEAT_MS = 5_000
const LEAST_BEAT_MS = 100

/**
 * A remote log on a NATS server, over one connection that is made anew, for ever, whenever it ends. It resolves before there is
 * a connection: `onState` tells how it is, and what is followed or written finds out by itself.
 *
 * @throws RangeError if there is no server, or the space's name can't be one.
 */
export async function connectNats(
  options: NatsOptions,
  onState: (state: NatsState) => void,
): Promise<NatsLog> {
  if (options.servers.length === 0)
    throw new RangeError('a remote log needs the address of a server')
  if (!isSubjectToken(options.space)) {
    throw new RangeError('the name of a space has 1 to 64 letters, digits, - and _')
  }
  const { headers } = await import('@nats-io/nats-core')
  const beatMs = Math.max(LEAST_BEAT_MS, options.beatMs ?? DEFAULT_BEAT_MS)
  const link = new NatsLink(options, onState)
  const told: Told = { position: 0 }
  const followings = new Set<SpaceFollowing>()
  const writer = new SpaceWriter(link, told, headers, () => {
    for (const following of followings) following.look()
  })
  return {
    follow(after, take) {
      const following = new SpaceFollowing(link, told, beatMs, after, take)
      followings.add(following)
      void following.ended.then(() => followings.delete(following))
      return following
    },
    append: (entry) => writer.append(entry),
    commit: (entries, expected) => writer.commit(entries, expected),
    state: () => link.state(),
    renew: (credentials) => link.renew(credentials),
    retry: () => link.retry(),
    queue: createJobQueue(async () => {
      const connected = link.current()
      if (connected) return connected.connection
      throw new Error('there is no connection')
    }),
    async close() {
      for (const following of followings) following.stop()
      await link.close()
    },
  }
}
