import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const LIBRARY = /^[\w.-]{1,200}\.wasm$/

/**
 * Puts the model libraries of a folder into the package, with a list of their names and hashes. Only these ever run:
 * code does not come from elsewhere.
 *
 * @see SPEC.md rule PACK6
 */
export function packageModels(from: string, folder: string): void {
  const names = readdirSync(from)
    .filter((name) => LIBRARY.test(name))
    .sort()
  mkdirSync(join(folder, 'models'), { recursive: true })
  const index = names.map((name) => {
    copyFileSync(join(from, name), join(folder, 'models', name))
    return {
      name,
      sha256: createHash('sha256')
        .update(readFileSync(join(from, name)))
        .digest('hex'),
    }
  })
  writeFileSync(join(folder, 'models/index.json'), `${JSON.stringify(index, null, 2)}\n`)
}
