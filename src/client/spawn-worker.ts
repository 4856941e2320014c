import { BackfoldError } from '../core/backfold-error.ts'

/** What a policy of Trusted Types makes of an address; not every lib of TypeScript knows it. */
export interface TrustedUrl {
  toString(): string
  toJSON(): string
}

/**
 * Starts the store worker: from the file that is published beside this one, or from a copy of it. The first is written
 * out in this form because bundlers look for it.
 *
 * @throws BackfoldError `WORKER_LOST` where the browser refuses at once, as it does for another origin.
 */
export function spawnWorker(url?: string | URL | TrustedUrl): Worker {
  try {
    return url
      ? new Worker(url as string | URL, { type: 'module' })
      : new Worker(new URL('../worker/store-worker.ts', import.meta.url), { type: 'module' })
  } catch (failure) {
    throw new BackfoldError('WORKER_LOST', `${String(failure)} (see workerUrl)`)
  }
}
