import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SeededRandom } from '../../sim/seeded-random.ts'

export type Damage = 'flipped bits' | 'truncated'

/**
 * Damages what a node that is not running has of a stream's messages, as a bad disk does.
 *
 * @returns Files that are others now.
 */
export function damageStream(
  storeFolder: string,
  stream: string,
  damage: Damage,
  random: SeededRandom,
): readonly string[] {
  const files = readdirSync(storeFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes(`streams/${stream}/msgs/`) && name.endsWith('.blk'))
    .map((name) => join(storeFolder, name))
  for (const file of files) {
    const bytes = readFileSync(file)
    if (damage === 'truncated') {
      const kept = Math.floor(bytes.length * (0.3 + 0.5 * random.next()))
      writeFileSync(file, bytes.subarray(0, kept))
      continue
    }
    for (let flip = 0; flip < 20; flip += 1) {
      const at = random.below(bytes.length)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
    }
    writeFileSync(file, bytes)
  }
  return files
}
