import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/**
 * Packs the package as it would be published and installs it into a folder, as a host would, without
 * a registry: it has no dependencies. Needs a build.
 *
 * @param {string} folder - An empty project, or one with files and installed packages of its own.
 */
export function installPacked(folder) {
  const manifest = join(folder, 'package.json')
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "name": "host", "type": "module" }')
  npm(folder, 'pack', root, '--pack-destination', folder, '--ignore-scripts')
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  npm(folder, 'install', join(folder, tarball), '--offline', '--ignore-scripts', '--no-audit')
}

function npm(cwd, ...args) {
  execFileSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', [...args, '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    stdio: 'pipe',
    shell: process.platform === 'win32',
  })
}
