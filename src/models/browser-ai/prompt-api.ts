import type { BrowserApi, BrowserSession } from './browser-api.ts'
import {
  askAvailability,
  foreignSession,
  isTurnedDown,
  sessionOptions,
  type SessionNames,
} from './foreign-session.ts'
import { callMethod, hasMethod, peek } from './foreign.ts'

/**
 * The browser's Prompt API, under whichever name it has.
 *
 * - `LanguageModel`, Chrome and Edge since 138: system prompts among `initialPrompts`, streams in pieces,
 *   answers held to a schema. Windows of old and new name (`inputQuota`, `contextWindow`).
 * - `ai.languageModel` and `ai.assistant` before that, also under `chrome.aiOriginTrial` in extensions:
 *   `systemPrompt`, `capabilities()`, `countPromptTokens()`, streams of either style.
 *
 * @param languages - What the browser is told to expect; left out where it turns them down.
 * @see SPEC.md rules BAI1, BAI2, BAI5
 */
export function findPromptApi(
  scope: unknown,
  languages: readonly string[],
): BrowserApi | undefined {
  const newer = peek(scope, 'LanguageModel')
  if (hasMethod(newer, 'create')) return newerApi(newer, languages)
  const ai = peek(scope, 'ai')
  const trial = peek(peek(scope, 'chrome'), 'aiOriginTrial')
  const older = [peek(ai, 'languageModel'), peek(ai, 'assistant'), peek(trial, 'languageModel')]
  const found = older.find((factory) => hasMethod(factory, 'create'))
  return found === undefined ? undefined : olderApi(found)
}

function newerApi(factory: unknown, languages: readonly string[]): BrowserApi {
  let expected = expectedOf(languages)
  return {
    kind: 'prompt',
    isConstrained: true,
    growth: 'pieces',
    isForgetful: false,
    async availability() {
      if (expected !== NOTHING) {
        const told = await askAvailability(factory, expected).catch(() => 'unavailable' as const)
        if (told !== 'unavailable') return told
      }
      const told = await askAvailability(factory, NOTHING)
      // It runs, but does not vouch for these languages.
      if (told !== 'unavailable') expected = NOTHING
      return told
    },
    async open(options) {
      const { system, history = [] } = options
      const orders = system === undefined ? [] : [{ role: 'system', content: system }]
      const initialPrompts = [...orders, ...history]
      const shared = {
        ...sessionOptions(options),
        ...(initialPrompts.length === 0 ? {} : { initialPrompts }),
      }
      try {
        return promptSession(await callMethod(factory, 'create', { ...expected, ...shared }))
      } catch (thrown) {
        if (expected === NOTHING || !isTurnedDown(thrown)) throw thrown
        return promptSession(await callMethod(factory, 'create', shared))
      }
    },
  }
}

const NOTHING: Readonly<Record<string, unknown>> = {}

function expectedOf(languages: readonly string[]): Readonly<Record<string, unknown>> {
  if (languages.length === 0) return NOTHING
  const text = [{ type: 'text', languages: [...languages] }]
  return { expectedInputs: text, expectedOutputs: text }
}

function olderApi(factory: unknown): BrowserApi {
  return {
    kind: 'prompt',
    // Older browsers leave out what they don't know, a schema among it, without a word.
    isConstrained: false,
    growth: 'unknown',
    isForgetful: false,
    availability: () => askAvailability(factory, {}),
    async open(options) {
      const { system, history } = options
      const shared = {
        ...sessionOptions(options),
        ...(history === undefined ? {} : { initialPrompts: history }),
      }
      const given = system === undefined ? shared : { ...shared, systemPrompt: system }
      return promptSession(await callMethod(factory, 'create', given))
    },
  }
}

const NAMES: SessionNames = {
  windows: ['contextWindow', 'inputQuota', 'maxTokens'],
  used: ['contextUsage', 'inputUsage', 'tokensSoFar'],
  counters: ['measureContextUsage', 'measureInputUsage', 'countPromptTokens'],
  asks: ['promptStreaming', 'prompt'],
}

function promptSession(session: unknown): BrowserSession {
  return foreignSession(session, NAMES, ({ schema, signal }) =>
    schema === undefined ? { signal } : { signal, responseConstraint: schema },
  )
}
