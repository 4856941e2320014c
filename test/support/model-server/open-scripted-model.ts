import type { Clock } from '../../../src/core/ports/clock.ts'
import type { LanguageModel, ModelRequest } from '../../../src/core/ports/language-model.ts'
import type { AnyRemoteOptions } from '../../../src/models/remote/check-remote-options.ts'
import type { RemoteDeps } from '../../../src/models/remote/open-remote-model.ts'
import { openRemoteModel } from '../../../src/models/remote/open-remote-model.ts'
import type { FetchLike } from '../../../src/models/remote/remote-vendor.ts'
import { createManualClock } from '../build-clock.ts'
import type { ModelServer } from './model-server.ts'

export const KINDS: readonly AnyRemoteOptions['kind'][] = [
  'openai-compatible',
  'anthropic',
  'gemini',
]

/** A key as each vendor writes it; made up. */
export const KEYS: Readonly<Record<AnyRemoteOptions['kind'], string>> = {
  'openai-compatible': ['sk', 'proj', 'Zq7Lm2Xr9Vt4Kk1Nb8Ws5Yp3Hd6Jf0Gc'].join('-'),
  anthropic: ['sk', 'ant', 'api03', 'Wm4Lr9Vt4Zk1Nb8Ws5Yp3Hd6Jf0GcR2u'].join('-'),
  gemini: ['AIza', 'SyQ7Lm2Xr9Vt4Kk1Nb8Ws5Yp3Hd6Jf0GcR2'].join(''),
}

export const QUESTION: ModelRequest = {
  system: 'You fold sessions.',
  prompt: 'What was said?',
  maxTokens: 200,
}

export const SCHEMA = {
  type: 'object',
  properties: { notes: { type: 'array', items: { type: 'string' } } },
  required: ['notes'],
  additionalProperties: false,
} as const

/** `fetch` that takes every host of the vendors to the scripted server. */
function fetchFrom(server: ModelServer): FetchLike {
  return (input, init) => {
    const url = new URL(typeof input === 'object' && 'url' in input ? input.url : String(input))
    return fetch(`${server.origin}${url.pathname}${url.search}`, init)
  }
}

/**
 * A clock on which short waits end at once and are written down, and long ones (deadlines) wait until time is
 * let pass by hand.
 */
export function createHastyClock(): {
  readonly clock: Clock
  readonly waits: readonly number[]
  readonly pass: (ms: number) => void
} {
  const manual = createManualClock()
  const waits: number[] = []
  return {
    clock: {
      now: manual.now,
      delay: async (delayMs, signal) => {
        if (delayMs >= 5_000) {
          await manual.delay(delayMs, signal)
          return
        }
        waits.push(delayMs)
        manual.pass(delayMs)
      },
    },
    waits,
    pass: manual.pass,
  }
}

/** A remote model of a kind whose vendor is the scripted server. */
export function openScripted(
  kind: AnyRemoteOptions['kind'],
  server: ModelServer,
  options: Partial<Omit<AnyRemoteOptions, 'kind'>> = {},
  deps: Partial<RemoteDeps> = {},
): LanguageModel {
  const common = { model: 'scripted-1', apiKey: KEYS[kind], ...options }
  const given: AnyRemoteOptions =
    kind === 'openai-compatible'
      ? { baseUrl: 'https://api.test/v1', ...common, kind }
      : { ...common, kind }
  return openRemoteModel(given, {
    clock: createHastyClock().clock,
    random: () => 0.5,
    fetch: fetchFrom(server),
    isOnline: () => true,
    ...deps,
  })
}

export const never: AbortSignal = new AbortController().signal
