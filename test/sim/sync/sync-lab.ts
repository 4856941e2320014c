import { createSeededRandom } from '../seeded-random.ts'
import { createRemoteLogModel, type RemoteLogModel } from '../../support/remote-log-model.ts'
import { NO_FAULTS } from '../world/faults.ts'
import { settle, World } from '../world/world.ts'
import { Device } from './device.ts'

/** Devices over one remote log, without any fault but those that a test makes. */
export interface SyncLab {
  readonly world: World
  readonly server: RemoteLogModel
  device(name: string): Device
  /** Lets things happen until it is so; a test in which it never is fails. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>
  /** Lets things happen until there is an answer. */
  answer<T>(asked: Promise<T>): Promise<T>
  /** Lets everything happen that waits for nothing but its turn. */
  rest(): Promise<void>
}

export function createSyncLab(seed: number = 1): SyncLab {
  const random = createSeededRandom(seed)
  const world = new World(random, NO_FAULTS, true)
  const server = createRemoteLogModel(random)
  const until: SyncLab['until'] = async (isSo) => {
    for (let step = 0; step < 20_000; step += 1) {
      if (await isSo()) return
      await world.advance()
    }
    throw new Error(`it never came to that:\n${world.trace.slice(-30).join('\n')}`)
  }
  return {
    world,
    server,
    device: (name) => new Device(world, server, name, () => {}),
    until,
    async answer(asked) {
      let isThere = false
      const noted = asked.finally(() => {
        isThere = true
      })
      noted.catch(() => {})
      await until(() => isThere)
      return noted
    },
    async rest() {
      await settle()
      while (world.hasReady()) await world.advance()
    },
  }
}
