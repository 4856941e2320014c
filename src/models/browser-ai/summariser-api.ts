import type { BrowserApi, BrowserSession } from './browser-api.ts'
import {
  askAvailability,
  foreignSession,
  isTurnedDown,
  sessionOptions,
  type SessionNames,
} from './foreign-session.ts'
import { SUMMARISER_NAMES } from './foreign-names.ts'
import { callMethod, hasMethod, peek } from './foreign.ts'

/** What is asked of it: the points of a text, as text, at length. */
const WISHES = { type: 'key-points', format: 'plain-text', length: 'long' }

/**
 * The browser's own summariser, of today or, under `ai`, of before. It follows no orders: those of a question
 * are told as its context. Its sessions forget each text.
 *
 * @see SPEC.md rules BAI1, BAI11
 */
export function findSummariserApi(
  scope: unknown,
  languages: readonly string[],
): BrowserApi | undefined {
  const newer = peek(scope, SUMMARISER_NAMES.global)
  const older = peek(peek(scope, 'ai'), SUMMARISER_NAMES.older)
  const factory = [newer, older].find((one) => hasMethod(one, 'create'))
  if (factory === undefined) return undefined
  const [outputLanguage] = languages
  const wishes =
    outputLanguage === undefined
      ? WISHES
      : { ...WISHES, expectedInputLanguages: [...languages], outputLanguage }
  let wished: Readonly<Record<string, unknown>> = wishes
  return {
    kind: 'summariser',
    isConstrained: false,
    growth: factory === newer ? 'pieces' : 'unknown',
    isForgetful: true,
    async availability() {
      const told = await askAvailability(factory, wished).catch(() => 'unavailable' as const)
      if (told !== 'unavailable') return told
      const plainly = await askAvailability(factory, {})
      if (plainly !== 'unavailable') wished = {}
      return plainly
    },
    async open(options) {
      const shared = sessionOptions(options)
      try {
        return summariserSession(await callMethod(factory, 'create', { ...wished, ...shared }))
      } catch (thrown) {
        if (!isTurnedDown(thrown)) throw thrown
        return summariserSession(await callMethod(factory, 'create', shared))
      }
    },
  }
}

const NAMES: SessionNames = {
  windows: ['contextWindow', 'inputQuota'],
  used: [],
  counters: ['measureContextUsage', 'measureInputUsage'],
  asks: [SUMMARISER_NAMES.stream, SUMMARISER_NAMES.ask],
}

function summariserSession(session: unknown): BrowserSession {
  return foreignSession(session, NAMES, ({ system, signal }) => ({ context: system, signal }))
}
