import { BackfoldError, isBackfoldError } from '../../core/backfold-error.ts'

/** What was thrown, as the one kind of error that hooks give out; what is not Backfold's own is `INTERNAL`. */
export function asError(thrown: unknown): BackfoldError {
  if (isBackfoldError(thrown)) return thrown
  return new BackfoldError('INTERNAL', thrown instanceof Error ? thrown.message : 'it failed')
}
