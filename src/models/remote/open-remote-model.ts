import type { Clock } from '../../core/ports/clock.ts'
import type {
  LanguageModel,
  LanguageModelInfo,
  ModelReply,
  ModelRequest,
} from '../../core/ports/language-model.ts'
import { withDeadline } from '../../engine/deadline.ts'
import { joinSignals } from '../join-signals.ts'
import { anthropic } from './anthropic.ts'
import { askWithRetries } from './ask-with-retries.ts'
import type { AnyRemoteOptions, RemoteSettings } from './check-remote-options.ts'
import { checkRemoteOptions } from './check-remote-options.ts'
import { gemini } from './gemini.ts'
import { hideKeys } from './hide-keys.ts'
import { openAiCompatible } from './openai-compatible.ts'
import type { FetchLike, RemoteVendor, RequestShape } from './remote-vendor.ts'
import { createSlots } from './slots.ts'

/** What a remote model needs of the world. */
export interface RemoteDeps {
  readonly clock: Clock
  /** From 0 to below 1, to spread retries. */
  readonly random: () => number
  /** The thread's own by default. */
  readonly fetch?: FetchLike
  /** `navigator.onLine` by default. */
  readonly isOnline?: () => boolean
}

const VENDORS: Readonly<
  Record<AnyRemoteOptions['kind'], (settings: RemoteSettings) => RemoteVendor>
> = { 'openai-compatible': openAiCompatible, anthropic, gemini }

/**
 * A language model behind an API: chat completions, Anthropic's messages or Gemini. Nothing is sent before the
 * first question; the vendor's client is loaded with it.
 *
 * @throws BackfoldError `INVALID_INPUT` when an option is wrong; see {@link checkRemoteOptions}.
 * @see SPEC.md rules REM1–REM16
 */
export function openRemoteModel(options: AnyRemoteOptions, deps: RemoteDeps): LanguageModel {
  const settings = checkRemoteOptions(options)
  const vendor = VENDORS[settings.kind](settings)
  const world = {
    settings,
    vendor,
    clock: deps.clock,
    fetch: deps.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    isOnline: deps.isOnline ?? (() => globalThis.navigator?.onLine !== false),
  }
  const slots = createSlots(settings.slots)
  const closing = new AbortController()
  let shape: RequestShape = vendor.firstShape

  const work = async (
    request: ModelRequest,
    signal: AbortSignal,
    onText: ((text: string) => void) | undefined,
  ): Promise<ModelReply> =>
    await askWithRetries(
      { ...world, random: deps.random, shape: () => shape, learn: (next) => void (shape = next) },
      request,
      signal,
      onText,
    )

  return {
    get info() {
      return describe(settings, shape.schemaMode < vendor.strictModes)
    },
    async generate(request, signal, onText) {
      const call = joinSignals(signal, closing.signal)
      try {
        const hasSlot = await slots.take(call.signal)
        if (!hasSlot) return ABORTED
        try {
          const timed = await withDeadline(
            deps.clock,
            settings.timeoutMs,
            call.signal,
            async (inner) => await work(request, inner, guardListener(onText, inner)),
          )
          if (timed.kind === 'done') return call.signal.aborted ? ABORTED : timed.value
          if (timed.kind === 'aborted') return ABORTED
          if (timed.kind === 'timed-out') return timedOut(settings.timeoutMs)
          const message = timed.failure instanceof Error ? timed.failure.message : ''
          return { kind: 'failed', code: 'failed', reason: hideKeys(message, settings) }
        } finally {
          slots.give()
        }
      } finally {
        call.release()
      }
    },
    async close() {
      closing.abort()
      await Promise.resolve()
    },
  }
}

function describe(settings: RemoteSettings, isConstrained: boolean): LanguageModelInfo {
  const { kind, model, baseUrl, contextTokens, slots, isLocal } = settings
  return {
    name: `${kind}:${model}`,
    provider: `${kind}:${new URL(baseUrl).host}`,
    contextTokens,
    slots,
    isLocal,
    isConstrained,
  }
}

const ABORTED: ModelReply = { kind: 'failed', code: 'aborted', reason: 'The call was cancelled.' }

function timedOut(timeoutMs: number): ModelReply {
  const reason = `No whole answer within ${timeoutMs / 1_000} s: raise timeoutMs or ask for less.`
  return { kind: 'failed', code: 'timed-out', reason }
}

/** A listener that is told nothing after the end and can't break a call. */
function guardListener(
  onText: ((text: string) => void) | undefined,
  signal: AbortSignal,
): ((text: string) => void) | undefined {
  if (onText === undefined) return undefined
  return (text) => {
    if (signal.aborted) return
    try {
      onText(text)
    } catch {
      // Its own matter: the answer goes on.
    }
  }
}
