import { failureText } from '../../engine/failure-text.ts'
import type { ModelReply } from '../../core/ports/language-model.ts'
import { failed } from '../answer-within.ts'
import { peekNumber, peekText } from './foreign.ts'

type Failed = Extract<ModelReply, { kind: 'failed' }>

/** What the browser was asked when it threw. */
export interface AskedWhen {
  readonly step: 'look' | 'open' | 'ask'
  /** Whether a person was just at it; undefined where the browser doesn't say. */
  readonly isActivated?: boolean | undefined
}

/** When it is worth asking again after the browser has ended its model, in milliseconds. */
const AFTER_LOSS_MS = 2_000

export const NEEDS_CLICK: Failed = failed(
  'needs-consent',
  'the browser starts its AI only when a person asks for it: call enable() while handling a click',
)

export const NEEDS_DOWNLOAD: Failed = failed(
  'needs-consent',
  'the browser has to download its AI first, some gigabytes: call enable() while handling a click',
)

/**
 * Why the browser's AI did not answer, with what to do. Total: whatever was thrown.
 *
 * @see SPEC.md rule BAI10
 */
export function failureOf(thrown: unknown, { step, isActivated }: AskedWhen): Failed {
  const said = failureText(thrown)
  switch (peekText(thrown, 'name')) {
    case 'QuotaExceededError':
      return failed(
        'context-exceeded',
        tooLong(peekNumber(thrown, 'requested'), peekNumber(thrown, 'quota')),
      )
    case 'NotAllowedError':
      return step === 'open' && isActivated !== true && !/polic/i.test(said)
        ? NEEDS_CLICK
        : failed(
            'forbidden',
            `this page may not use the browser's AI (a policy, or a frame without leave): ${said}`,
          )
    case 'SecurityError':
      return failed('forbidden', `this page may not use the browser's AI: ${said}`)
    case 'NotSupportedError':
      return step === 'ask'
        ? failed('refused', `the browser's AI does not take this text or its language: ${said}`)
        : failed('unavailable', `the browser's AI can't run here; choose another model: ${said}`)
    case 'NotReadableError':
      return failed('refused', 'the browser held the answer of its AI back')
    case 'AbortError':
    case 'InvalidStateError':
      return failed(
        'device-lost',
        `the browser ended its AI; ask again, or reload the page: ${said}`,
        AFTER_LOSS_MS,
      )
    case 'NetworkError':
      return failed('offline', `the browser could not load its AI; is it online? ${said}`)
    case 'TimeoutError':
      return failed('timed-out', said)
    default:
      return failed('failed', `the browser's AI failed: ${said}`)
  }
}

/** Says that a question does not fit, with figures where they are known. */
export function tooLong(asked: number | undefined, window: number | undefined): string {
  const question = asked === undefined ? 'the question' : `a question of ${Math.ceil(asked)} tokens`
  const room = window === undefined ? 'its window' : `its window of ${Math.floor(window)} tokens`
  return `${question} is too long for the browser's AI and ${room}`
}
