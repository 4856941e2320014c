import type { AbortSignalLike } from '../ports/abort-signal-like.ts'
import { BackfoldError } from '../backfold-error.ts'
import type { HostSummariser } from '../ports/host-summariser.ts'
import type { LanguageModelInfo } from '../ports/language-model.ts'

/** Window of a model that says nothing of it, in tokens. */
const CONTEXT_TOKENS = 8_192

/**
 * Completes and checks what a host says about its summariser.
 *
 * @throws BackfoldError `INVALID_INPUT` naming the summariser, what was expected and what came.
 * @see SPEC.md rule PAGE2
 */
export function describeSummariser(given: HostSummariser): LanguageModelInfo {
  // A host may write plain JavaScript: nothing of what it hands over can be relied on.
  const options: unknown = given
  if (typeof options !== 'object' || options === null) {
    throw new BackfoldError(
      'INVALID_INPUT',
      `a summariser must be an object, got ${shown(options)}`,
    )
  }
  const { name, provider = name, contextTokens, slots, isLocal, isConstrained } = given
  const refuse = (expected: string, got: unknown): never => {
    const who = isName(name) ? name : shown(name)
    throw new BackfoldError(
      'INVALID_INPUT',
      `summariser ${who} must ${expected}, got ${shown(got)}`,
    )
  }
  if (!isName(name)) refuse('have a name of 1 to 60 characters', name)
  if (!isName(provider)) refuse('have a provider of 1 to 60 characters', provider)
  if (typeof given.summarise !== 'function') refuse('have a method summarise()', given.summarise)
  const whole = (option: string, value: number, least: number, most: number): number =>
    Number.isInteger(value) && value >= least && value <= most
      ? value
      : refuse(`have ${option} from ${least} to ${most}`, value)
  const flag = (option: string, value: boolean): boolean =>
    typeof value === 'boolean' ? value : refuse(`say with true or false if it ${option}`, value)
  return {
    name,
    provider,
    contextTokens: whole('contextTokens', contextTokens ?? CONTEXT_TOKENS, 1_000, 10_000_000),
    slots: whole('slots', slots ?? 1, 1, 16),
    isLocal: flag('isLocal', isLocal ?? false),
    isConstrained: flag('isConstrained', isConstrained ?? false),
  }
}

/** Whether a choice of summariser is an object of the host's own. */
export function isHostSummariser<S extends AbortSignalLike>(
  choice: object | HostSummariser<S>,
): choice is HostSummariser<S> {
  return 'summarise' in choice
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= 60
}

/** A value as it may stand in a message: short, and safe whatever it is. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60).toWellFormed())
  const isPlain = value == null || typeof value === 'number' || typeof value === 'boolean'
  return isPlain ? String(value) : typeof value
}
