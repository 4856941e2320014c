import { describe, expect, onTestFinished, test } from 'vitest'
import { openEngine } from '../../src/client/open-engine.ts'
import type { Backfold } from '../../src/client/session.ts'
import { createMemoryRows, createMemoryStore } from '../../src/store/memory-store.ts'
import {
  createJournalMemory,
  createMemorySyncJournal,
} from '../../src/store/memory-sync-journal.ts'
import { findNats } from '../support/nats/find-nats.ts'
import { askRaw } from '../support/nats/publish-raw.ts'
import { startNats } from '../support/nats/start-nats.ts'
import { contextTexts, sayTo, untilSent } from '../support/synced-engine.ts'

const found = await findNats()

describe.skipIf(found.missing !== undefined)('a server that has lost messages', () => {
  test.each([
    ['open', undefined],
    ['sealed', { passphrase: 'correct horse battery' }],
  ])(
    '[PUMP23] of a session is gone on without them, and whole again once the device that has them is back: %s',
    { timeout: 90_000 },
    async (_, encrypt) => {
      const server = await startNats(found)
      onTestFinished(() => server.close())
      const [rows, memory] = [createMemoryRows(), createJournalMemory()]
      /** What the first device keeps when it ends. */
      const kept = () => ({
        store: createMemoryStore(rows),
        syncJournal: createMemorySyncJournal(memory),
      })
      const open = async (
        deviceName: string,
        own: Partial<ReturnType<typeof kept>> = {},
      ): Promise<Backfold> => {
        const sync = { servers: server.address, deviceName, ...(encrypt && { encrypt }) }
        const device = await openEngine({ ...own, sync })
        onTestFinished(() => device.close())
        return device
      }
      const one = await open('one', kept())
      for (const content of ['first', 'second', 'third']) {
        await sayTo(one, content)
        await untilSent(one)
      }
      await one.close()
      await askRaw(
        server.address,
        '$JS.API.STREAM.PURGE.BF',
        JSON.stringify({ filter: 'bf.default.*.m', keep: 1 }),
      )

      const two = await open('two')
      const sync = await two.sync()
      await expect.poll(() => sync.status.get().lacking).toBe(1)
      expect(await two.sessions()).toMatchObject([{ id: 's', isLacking: true }])
      await sync.skipMissing('s')
      await expect.poll(() => contextTexts(two)).toHaveLength(3)
      const note = expect.stringMatching(/missing here/) as string
      expect(await contextTexts(two)).toEqual([note, note, 'third'])
      await sayTo(two, 'fourth')
      await untilSent(two)
      await expect(sync.skipMissing('s')).rejects.toMatchObject({ code: 'INVALID_INPUT' })

      const back = await open('one', kept())
      for (const device of [back, two]) {
        await expect
          .poll(() => contextTexts(device))
          .toEqual(['first', 'second', 'third', 'fourth'])
      }
    },
  )
})
