import { BackfoldError } from '../../core/backfold-error.ts'
import type { BrowserAiOptions } from '../../protocol/summariser-options.ts'

/** Options of the browser's AI with their defaults. */
export interface BrowserAiPolicy {
  readonly languages: readonly string[]
  readonly mayDownload: boolean
}

/**
 * Completes and checks options.
 *
 * @throws BackfoldError `INVALID_INPUT` saying what was expected.
 * @see SPEC.md rule BAI12
 */
export function readBrowserAiOptions(options: BrowserAiOptions): BrowserAiPolicy {
  const { languages = [], mayDownload = false } = options
  if (typeof mayDownload !== 'boolean') {
    throw new BackfoldError('INVALID_INPUT', 'browser-ai: mayDownload must be true or false')
  }
  if (!Array.isArray(languages) || languages.length > 10 || !languages.every(isLanguage)) {
    throw new BackfoldError(
      'INVALID_INPUT',
      'browser-ai: languages must be up to 10 language tags, such as en or pt-BR',
    )
  }
  return { languages, mayDownload }
}

function isLanguage(one: unknown): boolean {
  return typeof one === 'string' && /^[a-z0-9]{2,8}(?:-[a-z0-9]{1,8}){0,4}$/i.test(one)
}
