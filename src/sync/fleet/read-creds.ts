import { BackfoldError } from '../../core/backfold-error.ts'
import type { SyncCredentials } from '../../protocol/sync.ts'

/**
 * Reads a file of credentials as NATS tools write it: a user's JWT and the seed of its key, each between lines of dashes.
 *
 * @throws BackfoldError `INVALID_INPUT`
 */
export function readCreds(text: string): SyncCredentials {
  const jwt = readBlock(text, 'NATS USER JWT')
  const seed = readBlock(text, 'USER NKEY SEED')
  if (jwt === undefined || seed === undefined) {
    throw new BackfoldError(
      'INVALID_INPUT',
      'the file of credentials has no JWT and seed of a user',
    )
  }
  return { kind: 'jwt', jwt, seed }
}

function readBlock(text: string, name: string): string | undefined {
  return new RegExp(`-+BEGIN ${name}-+\\s*([^\\s-][^\\s]*)\\s*-+END ${name}-+`).exec(text)?.[1]
}
