import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { installHost } from '../support/install-host.ts'

const tsc = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc')

/** All other tests have the React that the project is built with. */
test('[REACT17] the example compiles and runs on React 18: on a server, and with its effects in strict mode', async (context) => {
  const host = await installHost('react-18')
  if (host.kind === 'unreachable') {
    context.task.meta.skipped = host.reason
    return context.skip(host.reason)
  }
  const { folder } = host
  const run = (...args: readonly string[]): Promise<unknown> =>
    promisify(execFile)(process.execPath, args, { cwd: folder })
  try {
    for (const args of [[tsc, '-p', '.'], ['server.mjs'], ['run.mjs']]) {
      await expect(run(...args), args.join(' ')).resolves.toBeDefined()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}, 120_000)
