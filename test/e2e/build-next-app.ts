import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** What the next version of the app says on its first page. */
export const NEXT_TITLE = 'Longer sessions, shorter context'

/** Builds the app as the version after this one, in a folder of its own. */
export function buildNextApp(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-next-app-'))
  const inputs = ['src', 'public', 'test/support', 'vite.config.ts', 'package.json']
  for (const name of [...inputs, 'tsconfig.json']) {
    cpSync(name, join(folder, name), { recursive: true })
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const home = join(folder, 'src/app/shell/home-page.tsx')
  const before = readFileSync(home, 'utf8')
  const after = before.replace('Long sessions, short context', NEXT_TITLE)
  if (after === before) throw new Error('the first page says something else now')
  writeFileSync(home, after)
  // Every part that is loaded later has another name in the next version.
  for (const name of ['storage-page', 'settings-page', 'import-page', 'health-page']) {
    const page = join(folder, `src/app/pages/${name}.tsx`)
    writeFileSync(page, readFileSync(page, 'utf8').replace('<h1>', '<h1 data-next="">'))
  }
  const vite = join(folder, 'node_modules/vite/bin/vite.js')
  execFileSync(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production' },
  })
  return {
    folder: join(folder, 'dist/app'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
