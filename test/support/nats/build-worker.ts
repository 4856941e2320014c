import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuilder } from 'vite'
import { DEXIE_ALIAS } from '../build/alias-dexie.ts'
import { workerBundle } from '../build/worker-bundle.ts'

const root = join(import.meta.dirname, '../../..')

/** Builds the worker as it is published, into a folder of its own; returns the program's path. */
export async function buildWorker(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-worker-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const builder = await createBuilder({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    resolve: { alias: [DEXIE_ALIAS] },
    environments: { fleetWorker: workerBundle(root, folder) },
  })
  const environment = builder.environments['fleetWorker']
  if (!environment) throw new Error('the worker is not among what is built')
  await builder.build(environment)
  return join(folder, 'backfold-worker.js')
}
