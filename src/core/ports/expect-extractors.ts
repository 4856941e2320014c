import { BackfoldError } from '../backfold-error.ts'
import type { HostExtractor } from './host-extractor.ts'

/**
 * Refuses what is no list of extractors, before a worker is started for them.
 *
 * @throws BackfoldError `INVALID_INPUT`.
 * @see SPEC.md rule EXT7
 */
export function expectExtractors(given: unknown): asserts given is readonly HostExtractor[] {
  const isList = Array.isArray(given) && given.every(isExtractor)
  if (!isList) {
    throw new BackfoldError(
      'INVALID_INPUT',
      'extractors must be a list, each with a function extract',
    )
  }
}

function isExtractor(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'extract' in value &&
    typeof value.extract === 'function'
  )
}
