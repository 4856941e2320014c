import { openBackfold, type OpenOptions } from '../../src/client/open-backfold.ts'
import type { Backfold } from '../../src/client/session.ts'
import { spawnWorker } from '../../src/client/spawn-worker.ts'

/** A Backfold on a database of its own, whose workers the test can reach. */
export interface OpenPage {
  readonly backfold: Backfold
  readonly database: string
  /** Every store worker that was started, the newest last. */
  readonly workers: readonly Worker[]
}

let opened = 0

/** Opens Backfold in this page as an app does, with the real workers and the real IndexedDB. */
export async function openPage(options: OpenOptions = {}): Promise<OpenPage> {
  opened += 1
  const database = options.name ?? `test-${opened}-${crypto.randomUUID()}`
  const workers: Worker[] = []
  const backfold = await openBackfold({
    ...options,
    name: database,
    spawnWorker: () => {
      const worker = spawnWorker()
      workers.push(worker)
      return worker
    },
  })
  return { backfold, database, workers }
}

/** A text of about so many tokens that no two calls share. */
export function prose(tokens: number, salt: string): string {
  const words = ['fold', 'tail', 'mark', 'slot', 'lease', 'digest', 'recall', 'stub']
  const sentence = (index: number): string =>
    `The ${words[index % 8]} of ${salt}-${index} was read from src/${salt}/part-${index}.ts today.`
  return Array.from({ length: Math.ceil(tokens / 20) }, (_, index) => sentence(index)).join('\n')
}
