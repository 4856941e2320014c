import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync, type Zippable } from 'fflate'

/** The first moment that a zip can hold: no archive tells when it was made. */
const MOMENT = '1980-01-01T00:00:00'

/**
 * A folder as a zip that is the same, byte for byte, for the same files.
 *
 * @see SPEC.md rule PACK3
 */
export function zipFolder(folder: string): Uint8Array {
  const files: Zippable = {}
  for (const name of listFiles(folder)) {
    files[name] = [readFileSync(join(folder, name)), { mtime: MOMENT, level: 9, os: 3, attrs: 0 }]
  }
  return zipSync(files)
}

/** All files below a folder, by their paths from it, with slashes, in the order of their characters. */
function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'))
    .sort((a, b) => (a < b ? -1 : 1))
}
