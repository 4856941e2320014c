import { oneByOne } from '../../../../src/protocol/one-by-one.ts'
import type { LadderWorld } from '../../../../extension/settings/ladder-store.ts'
import type { StorageArea } from '../../../../extension/settings/settings-store.ts'

/** The extension's storage, as several contexts share it. What is stored crosses as JSON. */
export interface FakeStorage extends LadderWorld {
  /** Everything that is on disk, and what is only held in memory. */
  readonly disk: ReadonlyMap<string, string>
  readonly held: ReadonlyMap<string, string>
}

export function fakeStorage(): FakeStorage {
  const watchers: {
    readonly area: Map<string, string>
    name: string
    call: (value: unknown) => void
  }[] = []
  const make = (area: Map<string, string>): StorageArea => ({
    async get(name) {
      await Promise.resolve()
      const text = area.get(name)
      return text === undefined ? {} : { [name]: JSON.parse(text) as unknown }
    },
    async set(values) {
      await Promise.resolve()
      for (const [name, value] of Object.entries(values)) {
        area.set(name, JSON.stringify(value))
        watchers.forEach((one) => one.area === area && one.name === name && one.call(value))
      }
    },
  })
  const disk = new Map<string, string>()
  const held = new Map<string, string>()
  const watch = (area: Map<string, string>, name: string, call: (value: unknown) => void) => {
    const own = { area, name, call }
    watchers.push(own)
    return () => void watchers.splice(watchers.indexOf(own), 1)
  }
  let ids = 0
  return {
    disk,
    held,
    area: make(disk),
    session: make(held),
    onChanged: (name, listener) => watch(disk, name, listener),
    onKeysChanged: (listener) => watch(held, 'ladder-keys', listener),
    alone: oneByOne(),
    newId: () => `step-${(ids += 1)}`,
  }
}
