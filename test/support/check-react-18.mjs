/**
 * Installs React 18 and the packed package into a folder, compiles the example of the README there, and runs it:
 * on a server, and with effects in strict mode over a real session. Needs a build, and a registry or a filled cache.
 *
 * All other tests have the React that the project is built with.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPacked } from './install-packed.mjs'

const root = join(import.meta.dirname, '../..')
const tsc = join(root, 'node_modules/typescript/bin/tsc')

/** Longest time for any one command, in milliseconds. */
const DEADLINE_MS = 120_000

const folder = mkdtempSync(join(tmpdir(), 'backfold-react-18-'))
try {
  cpSync(join(root, 'test/hosts/react-18'), folder, { recursive: true })
  const isWindows = process.platform === 'win32'
  run(isWindows ? 'npm.cmd' : 'npm', ['ci', '--ignore-scripts', '--no-audit', '--loglevel=error'], {
    shell: isWindows,
  })
  installPacked(folder)
  run(process.execPath, [tsc, '-p', '.'])
  run(process.execPath, ['server.mjs'])
  run(process.execPath, ['run.mjs'])
  console.log('the packed package compiles and runs on React 18')
} catch (error) {
  console.error(`${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function run(command, args, options = {}) {
  const bounds = { encoding: 'utf8', stdio: 'pipe', timeout: DEADLINE_MS }
  execFileSync(command, args, { cwd: folder, ...bounds, ...options })
}
