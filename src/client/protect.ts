import type { ProtectOutcome } from '../protocol/requests.ts'
import type { Call } from './create-backfold.ts'
import type { PageModels } from './summarisers.ts'

/** Turns encryption on or off, or changes the passphrase, and keeps what a new worker would need to open it again. */
export async function protect(
  call: Call,
  page: PageModels,
  change: { readonly passphrase: string | null },
): Promise<ProtectOutcome> {
  const { unlock, ...outcome } = await call('protect', change)
  if (outcome.kind === 'off') delete page.unlock
  else if (unlock instanceof CryptoKey) page.unlock = unlock
  return outcome
}
