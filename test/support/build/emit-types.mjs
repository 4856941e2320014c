/**
 * Writes the declarations of the published entries to `dist/types`.
 *
 * The compiler leaves `./x.ts` in declarations, which only newer compilers of a host resolve, so the
 * specifiers are rewritten to `./x.js`. It also writes one for each file that is compiled: those that no entry's types
 * lead to are removed.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../../..')
const types = join(root, 'dist/types')

/** `from './x.ts'` and `import('./x.ts')`. */
const SPECIFIER = /(\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)(['"])(\.{1,2}\/[^'"]+)\.tsx?\2/g

const REWRITTEN = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+\.js)['"]/g

const tsc = join(root, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' })

const declarations = readdirSync(types, { recursive: true })
  .filter((name) => name.endsWith('.d.ts'))
  .map((name) => join(types, name))

for (const file of declarations) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(SPECIFIER, '$1$2$3.js$2'))
}

const reached = new Set()
const entries = declarations.filter((file) => dirname(file) === types)
for (const toRead = [...entries]; toRead.length > 0;) {
  const file = toRead.pop()
  if (reached.has(file)) continue
  reached.add(file)
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(REWRITTEN)) {
    toRead.push(join(dirname(file), specifier.replace(/\.js$/, '.d.ts')))
  }
}
for (const file of declarations) if (!reached.has(file)) rmSync(file)

// A worker script is started, not imported: it exports nothing.
writeFileSync(join(types, 'worker.d.ts'), 'export {}\n')
