import type { SummariserOptions } from '../../protocol/summariser-options.ts'
import type { Endpoint } from '../../widget/chat/ask/endpoint.ts'
import { completionsUrl, KNOWN_BASE_URLS } from '../../widget/chat/ask/endpoint.ts'

/** A summariser that a person may add, as the form names it. */
export interface StepPreset {
  readonly key: string
  readonly name: string
  /** Heading that it stands under. */
  readonly group: string
  readonly kind: Exclude<SummariserOptions['kind'], 'built-in'>
  /** Fills the field; empty for an address of the person's own, or the vendor's. */
  readonly baseUrl: string
  /** What a name of a model looks like there. */
  readonly modelHint: string
}

const HERE = 'On this device'
const AWAY = 'Over the network'

/** What each of the known servers' models look like. */
const MODEL_HINTS: readonly (readonly [RegExp, string])[] = [
  [/ollama/i, 'llama3.2'],
  [/openrouter/i, 'meta-llama/llama-3.2-3b-instruct'],
  [/openai/i, 'gpt-4o-mini'],
]

/** All that can be added, in the order in which the form offers it. */
export const STEP_PRESETS: readonly StepPreset[] = [
  {
    key: 'webllm',
    name: 'WebLLM, in this browser',
    group: HERE,
    kind: 'webllm',
    baseUrl: '',
    modelHint: '',
  },
  {
    key: 'browser-ai',
    name: 'The browser’s own AI',
    group: HERE,
    kind: 'browser-ai',
    baseUrl: '',
    modelHint: '',
  },
  ...KNOWN_BASE_URLS.map(({ name, url }): StepPreset => ({
    key: url,
    name,
    group: url.startsWith('http:') ? HERE : AWAY,
    kind: 'openai-compatible',
    baseUrl: url,
    modelHint: MODEL_HINTS.find(([like]) => like.test(name))?.[1] ?? 'qwen2.5-1.5b-instruct',
  })),
  {
    key: 'anthropic',
    name: 'Anthropic',
    group: AWAY,
    kind: 'anthropic',
    baseUrl: '',
    modelHint: 'claude-3-5-haiku-latest',
  },
  {
    key: 'gemini',
    name: 'Gemini',
    group: AWAY,
    kind: 'gemini',
    baseUrl: '',
    modelHint: 'gemini-2.0-flash',
  },
  {
    key: 'other',
    name: 'Another OpenAI-compatible server',
    group: AWAY,
    kind: 'openai-compatible',
    baseUrl: '',
    modelHint: 'llama3.2',
  },
]

/** The groups of the form's choices, each with what stands in it. */
export const PRESET_GROUPS: readonly (readonly [string, readonly StepPreset[]])[] = [
  HERE,
  AWAY,
].map((group) => [group, STEP_PRESETS.filter((preset) => preset.group === group)])

/** What was typed into the form. */
export interface StepDraft extends Endpoint {
  readonly kind: StepPreset['kind']
  /** Tokens of question and answer together, as typed; empty for the usual. */
  readonly window: string
}

/** An empty form for one of the choices. */
export function draftOf({ kind, baseUrl }: StepPreset): StepDraft {
  return { kind, baseUrl, model: '', key: '', window: '' }
}

/** Whether a kind is asked for over the network, with address, model and key. */
export function isRemote(
  kind: StepDraft['kind'],
): kind is 'openai-compatible' | 'anthropic' | 'gemini' {
  return kind !== 'webllm' && kind !== 'browser-ai'
}

/** What the form comes to: a step, or what is wrong with it, as a sentence. */
export type ReadStep =
  | { readonly ok: true; readonly choice: SummariserOptions }
  | { readonly ok: false; readonly problem: string }

const LEAST_WINDOW = 1_000
const MOST_WINDOW = 10_000_000
const MOST_TYPED = 10_000

/**
 * Reads the form. What the summariser itself would refuse besides is told when it is chosen.
 *
 * @see SPEC.md rule APP92
 */
export function readDraft(draft: StepDraft): ReadStep {
  const { kind } = draft
  const model = draft.model.trim()
  if (!isRemote(kind)) {
    return { ok: true, choice: kind === 'webllm' && model !== '' ? { kind, model } : { kind } }
  }
  const key = draft.key.trim()
  const baseUrl = draft.baseUrl.trim()
  const isVendors = kind !== 'openai-compatible' && baseUrl === ''
  // The vendors' own addresses are encrypted; any other is held to the same rules as a live endpoint.
  const target = completionsUrl({
    baseUrl: isVendors ? 'https://vendor.invalid' : baseUrl,
    model,
    key,
  })
  if (!target.ok) return target
  if (isVendors && key === '') return { ok: false, problem: 'Enter a key: this service wants one.' }
  if (Math.max(key.length, model.length, baseUrl.length) > MOST_TYPED)
    return { ok: false, problem: 'What was typed is too long.' }
  const contextTokens = readWindow(draft.window)
  if (contextTokens === null)
    return {
      ok: false,
      problem: 'The window is a whole number of tokens from 1,000 to 10,000,000.',
    }
  const rest = {
    model,
    ...(key !== '' && { apiKey: key }),
    ...(contextTokens !== undefined && { contextTokens }),
  }
  if (kind === 'openai-compatible') return { ok: true, choice: { kind, baseUrl, ...rest } }
  return { ok: true, choice: { kind, ...rest, ...(!isVendors && { baseUrl }) } }
}

/** Tokens as typed: `8192`, `8,192`; undefined for nothing typed, null for what is no such number. */
function readWindow(typed: string): number | null | undefined {
  const text = typed.trim().replaceAll(',', '')
  if (text === '') return undefined
  if (!/^\d{1,9}$/.test(text)) return null
  const tokens = Number(text)
  return tokens >= LEAST_WINDOW && tokens <= MOST_WINDOW ? tokens : null
}
