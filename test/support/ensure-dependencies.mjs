import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/**
 * Installs the locked dependencies if what is installed differs from the lock file.
 *
 * Compares versions, not times: a checkout gives files new times and changes nothing.
 *
 * @throws if the install fails, with what to do.
 */
export function ensureDependencies() {
  if (installedAsLocked()) return
  console.log('installing the locked dependencies: npm ci')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status, error } = spawnSync(
    npm,
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' },
  )
  if (status === 0) return
  const reason = error ? error.message : `npm ci ended with ${status ?? 'a signal'}`
  throw new Error(
    `the dependencies could not be installed (${reason}). ` +
      'Check the network and the registry that npm is set to, then run "npm ci" by hand.',
  )
}

/** Whether each locked package is there in its locked version; optional ones may be missing. */
function installedAsLocked() {
  const installed = readPackages(join(root, 'node_modules/.package-lock.json'))
  if (!installed) return false
  const locked = readPackages(join(root, 'package-lock.json')) ?? {}
  return Object.entries(locked).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true
    const found = installed[path]
    return found ? found.version === version && found.integrity === integrity : optional === true
  })
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}
