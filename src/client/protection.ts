import type { Protection } from './read-protection.ts'

/**
 * How a database is kept: `none`, with a `passphrase`, or `absent` where there is none yet. Opens nothing and creates
 * nothing.
 *
 * @param name - As in `openBackfold`; `backfold` by default.
 */
export async function readProtection(name: string = 'backfold'): Promise<Protection> {
  // A page that never asks need not load what looks.
  return (await import('./read-protection.ts')).lookAtProtection(name)
}
