import { BackfoldError } from '../../core/backfold-error.ts'

const LEAST = 8
const MOST = 10_000

/**
 * Whoever has the server's files can try passphrases for as long as they like, so shorter ones than the storage takes are
 * refused here.
 *
 * @throws BackfoldError `INVALID_INPUT`
 */
export function expectSpacePassphrase(passphrase: unknown): asserts passphrase is string {
  if (typeof passphrase === 'string' && passphrase.length >= LEAST && passphrase.length <= MOST) {
    return
  }
  throw new BackfoldError(
    'INVALID_INPUT',
    'the passphrase of a space is a text of 8 to 10,000 characters',
  )
}
