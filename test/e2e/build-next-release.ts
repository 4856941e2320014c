import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** What every release that changes what is stored raises. */
const VERSIONS: readonly (readonly [file: string, constant: string])[] = [
  ['src/store/database.ts', 'DATABASE_VERSION'],
  ['src/core/session/session-row.ts', 'ROW_SCHEMA'],
  ['src/protocol/version.ts', 'PROTOCOL_VERSION'],
]

/** Builds the library as the release after this one, in a folder of its own. */
export function buildNextRelease(): { readonly dist: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-next-'))
  for (const name of ['src', 'test/support', 'vite.config.ts', 'package.json', 'tsconfig.json']) {
    cpSync(name, join(folder, name), { recursive: true })
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  for (const [file, constant] of VERSIONS) raise(join(folder, file), constant)
  raiseSchema(join(folder, 'src/store/database.ts'))
  const vite = join(folder, 'node_modules/vite/bin/vite.js')
  execFileSync(process.execPath, [vite, 'build', '--mode', 'lib', '--logLevel', 'error'], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production' },
  })
  return {
    dist: join(folder, 'dist'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function raise(file: string, constant: string): void {
  replace(file, new RegExp(`(${constant} = )(\\d+)`), (_, name, n) => `${name}${Number(n) + 1}`)
}

/** One more version behind the newest. */
function raiseSchema(file: string): void {
  const next =
    'this.version(DATABASE_VERSION * 100).stores({ jobs: "[session+n], startedAt, state" })'
  replace(file, /( {4}\/\/ Jobs of all sessions)/, (_, line) => `    ${next}\n${line}`)
}

function replace(
  file: string,
  pattern: RegExp,
  change: (match: string, ...groups: string[]) => string,
): void {
  const before = readFileSync(file, 'utf8')
  const after = before.replace(pattern, change)
  if (after === before) throw new Error(`${file} has nothing like ${pattern}`)
  writeFileSync(file, after)
}
