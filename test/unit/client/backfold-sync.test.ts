import { expect, test, vi } from 'vitest'
import { createBackfold, type Call, type Created } from '../../../src/client/create-backfold.ts'
import type { PageModels } from '../../../src/client/summarisers.ts'
import { openEngine } from '../../../src/client/open-engine.ts'
import type { SyncStatus } from '../../../src/protocol/sync.ts'
import { SYNC_OFF } from '../../../src/protocol/sync.ts'
import { settle } from '../../support/build-engine.ts'

const OPTIONS = {
  servers: 'wss://sync.example.com',
  deviceName: 'Kitchen',
  credentials: { kind: 'token', token: 'first' },
} as const

/** The client over a worker that only notes what it is asked. */
function stage(): {
  readonly created: Created
  readonly page: PageModels
  readonly call: ReturnType<typeof vi.fn>
  stand(status: SyncStatus): void
} {
  let status = SYNC_OFF
  const call = vi.fn<(method: string, params: unknown) => Promise<unknown>>(async (method) =>
    method === 'sync' ? status : undefined,
  )
  const page: PageModels = { models: [] }
  const created = createBackfold(
    call as unknown as Call,
    () => 'id',
    async () => {},
    page,
  )
  return { created, page, call, stand: (next) => void (status = next) }
}

test('[CSYNC4] a Backfold without sync says that it is off', async () => {
  const backfold = await openEngine()
  const sync = await backfold.sync()
  expect(sync.status.get()).toEqual(SYNC_OFF)
  await sync.retry()
  await sync.stop()
  await settle()
  expect(sync.status.get()).toEqual(SYNC_OFF)
  await backfold.close()
})

test('[CSYNC5] what needs sync is refused while it is off', async () => {
  const backfold = await openEngine()
  const sync = await backfold.sync()
  const code = { code: 'INVALID_INPUT' }
  await expect(sync.removeDevice('d')).rejects.toMatchObject(code)
  await expect(sync.renew(OPTIONS.credentials)).rejects.toMatchObject(code)
  await backfold.close()
})

test('[CSYNC8] the page keeps what a worker that is started again needs', async () => {
  const { created, page, call } = stage()
  const sync = await created.backfold.sync()
  await sync.start(OPTIONS)
  const setup = { ...OPTIONS, servers: [OPTIONS.servers], space: 'default', fold: 'here' }
  expect(call).toHaveBeenLastCalledWith('beginSync', { setup })
  expect(page.sync).toEqual(setup)
  await expect(sync.start({ servers: [] })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(page.sync).toEqual(setup)
  await sync.stop()
  expect(page.sync).toBeUndefined()
})

test('[CSYNC7] credentials that were renewed are the ones it has from then on', async () => {
  const { created, page } = stage()
  const sync = await created.backfold.sync()
  await sync.start(OPTIONS)
  const credentials = { kind: 'token', token: 'second' } as const
  await sync.renew(credentials)
  expect(page.sync?.credentials).toEqual(credentials)
  await expect(sync.renew({ kind: 'token', token: '' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.not.stringContaining('second') as string,
  })
  expect(page.sync?.credentials).toEqual(credentials)
})

test('[CSYNC6] whoever watches hears of every change of the status', async () => {
  const { created, stand } = stage()
  const sync = await created.backfold.sync()
  const seen: string[] = []
  const stop = sync.status.subscribe(() => seen.push(sync.status.get().phase))
  await settle()
  stand({ ...SYNC_OFF, phase: 'offline' })
  created.tell({ kind: 'sync' })
  await settle()
  stop()
  created.tell({ kind: 'sync' })
  await settle()
  expect(seen).toEqual(['off', 'offline'])
})

test('[CSYNC10] what was written elsewhere is told by its session', async () => {
  const { created } = stage()
  const seen: string[] = []
  created.tell({ kind: 'sync', session: 'early' })
  const sync = await created.backfold.sync()
  const stop = sync.onChanged((session) => seen.push(session))
  created.tell({ kind: 'sync', session: 'one' })
  await settle()
  stop()
  created.tell({ kind: 'sync', session: 'two' })
  await settle()
  expect(seen).toEqual(['one'])
})

test('[CSYNC1] options that are wrong are refused before anything is opened', async () => {
  await expect(openEngine({ sync: { servers: [] } })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})

test('[CSYNC24] the page keeps the passphrase by which a device was removed, once it was', async () => {
  const { created, page, call } = stage()
  const sync = await created.backfold.sync()
  await sync.start({ ...OPTIONS, encrypt: { passphrase: 'correct horse' } })
  call.mockRejectedValueOnce(new Error('not now'))
  await expect(sync.removeDevice('phone', { passphrase: 'another horse' })).rejects.toThrow(
    'not now',
  )
  expect(page.sync?.encrypt).toEqual({ passphrase: 'correct horse' })
  await sync.removeDevice('phone', { passphrase: 'another horse' })
  expect(call).toHaveBeenLastCalledWith('removeSyncDevice', {
    device: 'phone',
    passphrase: 'another horse',
  })
  expect(page.sync?.encrypt).toEqual({ passphrase: 'another horse' })
  await sync.removeDevice('tablet')
  expect(call).toHaveBeenLastCalledWith('removeSyncDevice', { device: 'tablet' })
  expect(page.sync?.encrypt).toEqual({ passphrase: 'another horse' })
})
