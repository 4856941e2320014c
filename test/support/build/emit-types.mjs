/**
 * Writes the declarations of the published entries to `dist/types`.
 *
 * The compiler leaves `./x.ts` in declarations, which only newer compilers of a host resolve, so the
 * specifiers are rewritten to `./x.js`.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')
const types = join(root, 'dist/types')

/** `from './x.ts'` and `import('./x.ts')`. */
const SPECIFIER = /(\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)(['"])(\.{1,2}\/[^'"]+)\.tsx?\2/g

const tsc = join(root, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' })

for (const name of readdirSync(types, { recursive: true })) {
  if (!name.endsWith('.d.ts')) continue
  const file = join(types, name)
  writeFileSync(file, readFileSync(file, 'utf8').replace(SPECIFIER, '$1$2$3.js$2'))
}

// A worker script is started, not imported: it exports nothing.
writeFileSync(join(types, 'worker.d.ts'), 'export {}\n')
