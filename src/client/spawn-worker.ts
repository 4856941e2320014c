/**
 * Starts the store worker from the file that is published beside this one. Written out in this form
 * because bundlers look for it.
 */
export function spawnWorker(): Worker {
  return new Worker(new URL('../worker/store-worker.ts', import.meta.url), { type: 'module' })
}
