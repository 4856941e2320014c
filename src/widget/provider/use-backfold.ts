import type { Context } from 'react'
import { createContext, useContext } from 'react'
import { BackfoldError } from '../../core/backfold-error.ts'
import type { OpeningState } from './opening.ts'

/** The Backfold of the provider above, as far as it is open. */
export type BackfoldHandle = OpeningState & {
  /** Opens again after a failure; does nothing otherwise. */
  readonly retry: () => void
}

/** Null outside a provider. */
export const BackfoldContext: Context<BackfoldHandle | null> = createContext<BackfoldHandle | null>(
  null,
)

/**
 * The Backfold of the provider above: `opening` at first and on a server, then `ready` or `failed`.
 *
 * @throws BackfoldError `INVALID_INPUT` outside a {@link BackfoldProvider}.
 */
export function useBackfold(): BackfoldHandle {
  const handle = useContext(BackfoldContext)
  if (handle === null)
    throw new BackfoldError('INVALID_INPUT', 'there is no BackfoldProvider above this component')
  return handle
}
