/**
 * Packs the package as it would be published, installs it into an empty project without a registry,
 * compiles a host against its types under both ways of resolution, and runs it. Needs a build.
 *
 * Linters of packages read the manifest; only this notices that a declaration does not resolve.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPacked } from './install-packed.mjs'

const root = join(import.meta.dirname, '../..')
const tsc = join(root, 'node_modules/typescript/bin/tsc')

/** `module` and `moduleResolution` of the two kinds of hosts. */
const RESOLUTIONS = [
  ['ESNext', 'bundler'],
  ['NodeNext', 'nodenext'],
]

const folder = mkdtempSync(join(tmpdir(), 'backfold-consumer-'))
try {
  cpSync(join(root, 'test/types/consumer'), folder, { recursive: true })
  installPacked(folder)
  for (const [module, resolution] of RESOLUTIONS) {
    run(process.execPath, [tsc, '-p', '.', '--module', module, '--moduleResolution', resolution])
  }
  run(process.execPath, ['run.mjs'])
  console.log('the packed package compiles and runs')
} catch (error) {
  console.error(`${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function run(command, args) {
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
}
