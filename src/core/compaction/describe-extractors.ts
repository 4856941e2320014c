import { BackfoldError } from '../backfold-error.ts'
import type { HostExtractor } from '../ports/host-extractor.ts'
import type { ExtractorInfo } from './extractor.ts'

/** Longest time that an extractor has for one block unless it says otherwise, in milliseconds. */
export const EXTRACTOR_TIMEOUT_MS = 10_000

const DEFAULT_PRIORITY = 500

/** What a host says about its extractors, without their work: this crosses threads. */
export type ExtractorDescription = Omit<HostExtractor, 'extract'>

/**
 * Completes and checks what a host says about its extractors.
 *
 * @param taken - Names that are in use already.
 * @throws BackfoldError `INVALID_INPUT` naming the extractor, what was expected and what came.
 * @see SPEC.md rule EXT7
 */
export function describeExtractors(
  given: readonly ExtractorDescription[],
  taken: readonly string[],
): readonly ExtractorInfo[] {
  const names = new Set(taken)
  return given.map(({ name, priority, timeoutMs, isModelFree = false }) => {
    const isName = typeof name === 'string' && name.length >= 1 && name.length <= 60
    if (!isName || names.has(name)) refuse(name, 'have a name of its own, of 1 to 60 characters')
    if (typeof isModelFree !== 'boolean') refuse(name, 'say with true or false if it is model-free')
    names.add(name)
    return {
      name,
      priority: within(name, 'priority', priority ?? DEFAULT_PRIORITY, 0, 1_000),
      timeoutMs: within(name, 'timeoutMs', timeoutMs ?? EXTRACTOR_TIMEOUT_MS, 100, 600_000),
      isNeeded: false,
      isModelFree,
    }
  })
}

function within(name: string, option: string, value: number, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value
  return refuse(name, `have a ${option} from ${least} to ${most}, got ${String(value)}`)
}

function refuse(name: unknown, expected: string): never {
  throw new BackfoldError('INVALID_INPUT', `extractor ${String(name)} must ${expected}`)
}
