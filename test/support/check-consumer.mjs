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

/** What a host with React has besides; the newest that the project is built with. */
const REACT = ['react', '@types/react', 'csstype']

const folder = mkdtempSync(join(tmpdir(), 'backfold-consumer-'))
try {
  cpSync(join(root, 'test/types/consumer'), folder, { recursive: true })
  installPacked(folder)
  compile('tsconfig.json')
  run(process.execPath, ['run.mjs'])
  for (const name of REACT) {
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), {
      recursive: true,
      dereference: true,
    })
  }
  compile('tsconfig.react.json')
  run(process.execPath, ['run-react.mjs'])
  console.log('the packed package compiles and runs')
} catch (error) {
  console.error(`${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function compile(project) {
  for (const [module, resolution] of RESOLUTIONS) {
    const resolving = ['--module', module, '--moduleResolution', resolution]
    run(process.execPath, [tsc, '-p', project, ...resolving])
  }
}

function run(command, args) {
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
}
