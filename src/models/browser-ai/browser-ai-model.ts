import type {
  LanguageModel,
  LanguageModelInfo,
  ModelReply,
  ModelRequest,
} from '../../core/ports/language-model.ts'
import type { BrowserAiOptions } from '../../protocol/summariser-options.ts'
import type { SummariserState } from '../../protocol/summariser-state.ts'
import { ABORTED, answerWithin, failed, type CallTools } from '../answer-within.ts'
import { askSession, type AskOutcome } from './ask-session.ts'
import { readBrowserAiOptions } from './browser-ai-options.ts'
import { failedState, lookAt, observeState, type ObservedState } from './browser-ai-state.ts'
import type { BrowserApi, BrowserSession } from './browser-api.ts'
import { createDownload } from './browser-download.ts'
import { createSessions } from './browser-sessions.ts'
import { failureOf, NEEDS_DOWNLOAD } from './failure-of.ts'
import { findBrowserApi, whyNone } from './find-browser-api.ts'
import { peek } from './foreign.ts'

/** The browser's own AI as a summariser. It is on pages only. */
export interface BrowserAi extends LanguageModel {
  /** What a person is told of it. */
  readonly state: ObservedState
  /** Asks the browser how it stands with its model. Downloads nothing. */
  check(): Promise<SummariserState>
  /**
   * A person wants it: downloads the model if it is not there. Call it while handling a click, before
   * anything is awaited, because browsers ask for that.
   */
  enable(): Promise<SummariserState>
}

export interface BrowserAiSetup {
  /** Where the browser's APIs are; the global scope by default. */
  readonly scope?: unknown
  /** Longest wait for one whole answer, in milliseconds; 120,000 by default. */
  readonly timeoutMs?: number
  /** How long a call waits for a download, in milliseconds; 15,000 by default. */
  readonly patienceMs?: number
}

/** Window until the browser has told its own, in tokens: the smallest that its model has had. */
const CONTEXT_TOKENS = 4_096

type Failed = Extract<ModelReply, { kind: 'failed' }>

/**
 * The browser's own AI, whatever version of its APIs is there. Where none is, it is a model that says so.
 *
 * @throws BackfoldError `INVALID_INPUT` for options of another shape.
 * @see SPEC.md rules BAI1–BAI12
 */
export function createBrowserAi(options: BrowserAiOptions, setup: BrowserAiSetup = {}): BrowserAi {
  const { scope = globalThis, timeoutMs = 120_000, patienceMs = 15_000 } = setup
  const { languages, mayDownload } = readBrowserAiOptions(options)
  const api = findBrowserApi(scope, languages)
  const closing = new AbortController()
  const { state, tell } = observeState(closing.signal)
  const sessions = createSessions(closing.signal)
  const download = createDownload(closing.signal, tell, sessions.adopt)
  let info = describe(api)
  let isWanted = mayDownload

  const look = async (found: BrowserApi): Promise<SummariserState> => {
    const now = await lookAt(found)
    // What is known of a model that has answered, or of a download, is more than the browser says.
    const known = state.get().kind
    const isLess =
      (now.kind === 'available' && known === 'ready') ||
      (now.kind === 'downloading' && known === 'downloading')
    if (!isLess) tell(now)
    return now
  }
  /** Why the model can't be asked now; undefined if it can. */
  const hindrance = async (found: BrowserApi, signal: AbortSignal): Promise<Failed | undefined> => {
    if (sessions.isHeld()) return undefined
    const now = await look(found)
    if (now.kind === 'failed') return failed(now.code, now.reason, now.retryAfterMs)
    if (now.kind === 'available') return undefined
    if (!isWanted) return now.kind === 'downloading' ? download.stillLoading() : NEEDS_DOWNLOAD
    const loaded = download.begin(found, isActivated(scope))
    return Promise.race([loaded, rest(patienceMs, signal).then(download.stillLoading)])
  }
  const attempt = async (
    found: BrowserApi,
    request: ModelRequest,
    tools: CallTools,
  ): Promise<AskOutcome> => {
    // Whatever took its time, nothing is opened for a call that is over.
    if (tools.signal.aborted) return { reply: ABORTED }
    const activation = isActivated(scope)
    let session: BrowserSession
    try {
      session = await sessions.open(found, request.system, tools.signal)
    } catch (thrown) {
      const reply = failureOf(thrown, { step: 'open', isActivated: activation })
      if (reply.code === 'needs-consent' || reply.code === 'forbidden') tell(failedState(reply))
      return { reply }
    }
    const outcome = await askSession(session, found.growth, request, tools)
    const { window = info.contextTokens } = outcome
    if (window !== info.contextTokens) info = { ...info, contextTokens: window }
    if (outcome.isLost) sessions.drop(session)
    return outcome
  }
  const answer = async (request: ModelRequest, tools: CallTools): Promise<ModelReply> => {
    if (!api) return whyNone(scope)
    const hindered = await hindrance(api, tools.signal)
    if (hindered) return hindered
    const { schema, ...free } = request
    const held = schema !== undefined && info.isConstrained ? request : free
    let outcome = await attempt(api, held, tools)
    // A session that the browser has ended says nothing about the next one.
    if (outcome.isLost) outcome = await attempt(api, held, tools)
    if (outcome.isConstraintRefused && schema !== undefined) {
      outcome = await attempt(api, { ...free, system: inWords(free.system, schema) }, tools)
      if (outcome.reply.kind === 'answered') info = { ...info, isConstrained: false }
    }
    if (outcome.reply.kind === 'answered') tell({ kind: 'ready' })
    return outcome.reply
  }
  const within = { closed: closing.signal, timeoutMs }
  return {
    get info() {
      return info
    },
    state,
    generate: (request, signal, onText) =>
      answerWithin({ ...within, signal }, (tools) => answer(request, tools), onText),
    async check() {
      if (api) await look(api)
      else tell(failedState(whyNone(scope)))
      return state.get()
    },
    async enable() {
      isWanted = true
      if (closing.signal.aborted) return state.get()
      if (api) await download.begin(api, isActivated(scope))
      else tell(failedState(whyNone(scope)))
      return state.get()
    },
    close: async () => closing.abort(),
  }
}

function describe(api: BrowserApi | undefined): LanguageModelInfo {
  return {
    name: api?.kind === 'summariser' ? 'browser-ai:summariser' : 'browser-ai',
    provider: 'browser-ai',
    contextTokens: CONTEXT_TOKENS,
    slots: 1,
    isLocal: true,
    isConstrained: api?.isConstrained ?? false,
  }
}

/** Orders with the form of the answer told in words, for a browser that can't be held to it. */
function inWords(system: string, schema: Readonly<Record<string, unknown>>): string {
  return `${system}\n\nAnswer with nothing but JSON that fits this JSON schema:\n${JSON.stringify(schema)}`
}

/** Whether a person is just at the page; undefined where the browser doesn't say. */
function isActivated(scope: unknown): boolean | undefined {
  const isActive = peek(peek(peek(scope, 'navigator'), 'userActivation'), 'isActive')
  return typeof isActive === 'boolean' ? isActive : undefined
}

/** Resolves after a time, or once the call is over. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const end = (): void => {
      clearTimeout(timer)
      resolve()
    }
    signal.addEventListener('abort', end, { once: true })
  })
}
