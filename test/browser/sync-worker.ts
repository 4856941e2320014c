import type { SyncCommand } from '../../src/sync/sync-notices.ts'
import type { SyncStatus } from '../../src/protocol/sync.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { createSilentNotices } from '../../src/tabs/broadcast-notices.ts'
import { createLocalLeases } from '../../src/tabs/local-leases.ts'
import { systemClock } from '../../src/tabs/system-clock.ts'
import { createTabSync } from '../../src/worker/tab-sync.ts'
import { createFakeRunner } from '../support/fake-sync-runner.ts'

/** What a test says to this worker. */
export type ToTab =
  | { readonly kind: 'begin'; readonly database: string; readonly name: string }
  | { readonly kind: 'command'; readonly command: SyncCommand }
  /** Of the runner of this tab, if it is the one. */
  | { readonly kind: 'tell'; readonly patch: Partial<SyncStatus> }

/** What this worker tells. */
export type FromTab =
  | { readonly kind: 'status'; readonly status: SyncStatus }
  /** It is the one that synchronises now. */
  | { readonly kind: 'runs'; readonly credentials: string }
  | { readonly kind: 'asked'; readonly asked: readonly string[] }
  | { readonly kind: 'done' }

/** A tab's sync over the browser's own locks and channels, with a runner that only notes what it is asked. */
const tell = (message: FromTab): void => postMessage(message)
const base = {
  store: createMemoryStore(),
  leases: createLocalLeases(),
  notices: createSilentNotices(),
}
const runner = createFakeRunner({}, async (device) => {
  tell({ kind: 'asked', asked: runner.asked })
  // Who is asked this never answers.
  if (device === 'stuck' && runner.status().device?.id === 'first') await new Promise(() => {})
})
let sync: ReturnType<typeof createTabSync> | undefined

onmessage = async ({ data }: MessageEvent<ToTab>) => {
  if (data.kind === 'tell') runner.tell(data.patch)
  if (data.kind === 'begin') await begin(data)
  if (data.kind !== 'command') return
  const { command } = data
  if (command.name === 'retry') await sync?.desk.retry()
  if (command.name === 'renew') await sync?.desk.renew(command.credentials)
  if (command.name === 'remove-device') await sync?.desk.removeDevice(command.device)
  tell({ kind: 'done' })
}

async function begin({ database, name }: Extract<ToTab, { kind: 'begin' }>): Promise<void> {
  sync = createTabSync(base, {
    database,
    locks: navigator.locks,
    clock: systemClock,
    random: { id: () => crypto.randomUUID() },
    prepare: async (own) => ({
      ...own,
      watchChanges: () => () => {},
      close: async () => {},
      run: async ({ credentials }) => {
        runner.tell({ device: { id: name, name } })
        tell({ kind: 'runs', credentials: JSON.stringify(credentials) })
        return runner
      },
    }),
  })
  const { desk } = sync
  desk.watch(() => tell({ kind: 'status', status: desk.status() }))
  await desk.begin({
    servers: ['wss://sync.example.com'],
    space: 'default',
    credentials: { kind: 'token', token: 'first' },
    deviceName: name,
    fold: 'here',
  })
}
