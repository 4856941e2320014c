import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from '../../extension/build/manifest.ts'

const BUILT = 'dist/extension-test'

/** Folder of the unpacked test build for a browser, built first where it is missing, or a source of it is newer. */
export function builtExtension(browser: Browser): string {
  const manifest = join(BUILT, browser, 'manifest.json')
  const builtAt = existsSync(manifest) ? statSync(manifest).mtimeMs : 0
  if (builtAt <= Math.max(newestIn('extension'), newestIn('src'))) {
    execFileSync(process.execPath, ['extension/build/build-extension.mjs', '--test'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  return join(BUILT, browser)
}

function newestIn(folder: string): number {
  const times = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
    (name) => statSync(join(folder, name)).mtimeMs,
  )
  return Math.max(...times)
}
