import type { ModelReply } from '../../core/ports/language-model.ts'
import { failed } from '../answer-within.ts'
import type { BrowserApi } from './browser-api.ts'
import { peek } from './foreign.ts'
import { findPromptApi } from './prompt-api.ts'
import { findSummariserApi } from './summariser-api.ts'

/**
 * The browser's AI: what follows orders, or, where only that is there, what summarises.
 *
 * @see SPEC.md rule BAI1
 */
export function findBrowserApi(
  scope: unknown,
  languages: readonly string[],
): BrowserApi | undefined {
  return findPromptApi(scope, languages) ?? findSummariserApi(scope, languages)
}

type Failed = Extract<ModelReply, { kind: 'failed' }>

/** Why there is no AI of the browser's here, and what to do. */
export function whyNone(scope: unknown): Failed {
  if (peek(scope, 'isSecureContext') === false) {
    return failed('unavailable', 'the browser’s AI answers pages from https or localhost only')
  }
  if (peek(scope, 'document') === undefined) {
    return failed('unavailable', 'the browser’s AI is on pages only, and this is a worker')
  }
  return failed(
    'unavailable',
    'this browser has no AI of its own: Chrome and Edge on a computer have, from version 148 on. ' +
      'Update it, or choose another model',
  )
}

export const CANNOT_RUN: Failed = failed(
  'unavailable',
  'the browser says that its AI can’t run on this device: it takes 22 GB of free disk space, and 4 GB of ' +
    'graphics memory or 16 GB of memory. Choose another model',
)
