import { expect, test } from 'vitest'
import type { FromTab, ToTab } from './sync-worker.ts'

interface TestTab {
  readonly told: readonly FromTab[]
  /** The newest status that it told. */
  readonly device: () => string | undefined
  readonly pending: () => number | undefined
  say(message: ToTab): void
  kill(): void
}

function openTab(database: string, name: string): TestTab {
  const worker = new Worker(new URL('./sync-worker.ts', import.meta.url), { type: 'module' })
  const told: FromTab[] = []
  worker.onmessage = ({ data }: MessageEvent<FromTab>) => void told.push(data)
  const say = (message: ToTab): void => worker.postMessage(message)
  say({ kind: 'begin', database, name })
  const status = () => told.findLast((one) => one.kind === 'status')?.status
  return {
    told,
    device: () => status()?.device?.id,
    pending: () => status()?.pending,
    say,
    kill: () => worker.terminate(),
  }
}

const kinds = ({ told }: TestTab): readonly string[] => told.map(({ kind }) => kind)

test('[CSYNC15] of two tabs one synchronises, and the other goes on when it is ended', async () => {
  const database = `sync-${crypto.randomUUID()}`
  const first = openTab(database, 'first')
  await expect.poll(() => first.device()).toBe('first')
  const second = openTab(database, 'second')
  await expect.poll(() => second.device()).toBe('first')
  first.say({ kind: 'tell', patch: { pending: 5 } })
  await expect.poll(() => [first.pending(), second.pending()]).toEqual([5, 5])
  expect(kinds(second)).not.toContain('runs')

  const credentials = { kind: 'token', token: 'second' } as const
  second.say({ kind: 'command', command: { name: 'renew', credentials } })
  await expect.poll(() => kinds(second)).toContain('done')
  second.say({ kind: 'command', command: { name: 'remove-device', device: 'stuck' } })
  await expect
    .poll(() => first.told.findLast(({ kind }) => kind === 'asked'))
    .toEqual({ kind: 'asked', asked: ['renew', 'remove stuck'] })

  first.kill()
  await expect.poll(() => second.device()).toBe('second')
  expect(second.told).toContainEqual({ kind: 'runs', credentials: JSON.stringify(credentials) })
  await expect.poll(() => kinds(second).filter((kind) => kind === 'done')).toHaveLength(2)
  expect(second.told).toContainEqual({ kind: 'asked', asked: ['remove stuck'] })
  second.kill()
})
