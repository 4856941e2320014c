import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

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
  tarball ??= pack()
  const copy = join(folder, basename(tarball))
  copyFileSync(tarball, copy)
  npm(folder, 'install', copy, '--offline', '--ignore-scripts', '--no-audit')
}

/** Made once: compressing takes longer than all else. */
let tarball

function pack() {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-packed-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  npm(folder, 'pack', root, '--pack-destination', folder, '--ignore-scripts')
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz')),
  )
}

function npm(cwd, ...args) {
  execFileSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', [...args, '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    stdio: 'pipe',
    shell: process.platform === 'win32',
  })
}
