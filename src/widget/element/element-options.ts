import type { SummariserOptions } from '../../protocol/summariser-options.ts'
import type { ChatProtocol } from '../chat/ask/protocols.ts'
import { PROTOCOL_NAMES } from '../chat/ask/protocols.ts'

/** All attributes that the element reads. */
export const ATTRIBUTES = [
  'endpoint',
  'protocol',
  'model',
  'max-tokens',
  'session',
  'database',
  'summarisers',
  'budget',
  'theme',
  'locale',
  'position',
  'placeholder',
  'heading',
  'allow-images',
  'recall',
  'readonly',
  'open',
] as const

export type AttributeName = (typeof ATTRIBUTES)[number]

/** Who answers: a server of a protocol, or the browser's own model. */
export type ElementProtocol = ChatProtocol | 'browser-ai'

/** Where the element stands: in its box, at the side of the window, or behind a button in its corner. */
export type ElementPosition = 'inline' | 'side' | 'bubble'

/** What the attributes say. */
export interface ElementOptions {
  readonly endpoint: string
  readonly protocol: ElementProtocol
  readonly model: string
  readonly maxTokens: number
  readonly session: string
  readonly database: string
  readonly summarisers: readonly SummariserOptions[]
  /** Undefined leaves the session's budget as it is. */
  readonly budget: number | undefined
  readonly theme: 'light' | 'dark' | 'auto'
  /** Empty for the page's own. */
  readonly locale: string
  readonly position: ElementPosition
  readonly placeholder: string | undefined
  readonly heading: string | undefined
  readonly allowImages: 'none' | 'same-origin' | 'all' | readonly string[]
  readonly recall: boolean
  readonly readOnly: boolean
  readonly open: boolean
}

const DEFAULT_MAX_TOKENS = 8_192
const LEAST_BUDGET = 500

/**
 * Reads the attributes. Total: what has no meaning counts as not given.
 *
 * @param get - Null for an attribute that is not there.
 * @see SPEC.md rule ELEM2
 */
export function readOptions(get: (name: AttributeName) => string | null): ElementOptions {
  const text = (name: AttributeName): string => get(name)?.trim() ?? ''
  return {
    endpoint: text('endpoint'),
    protocol: oneOf(text('protocol'), [...PROTOCOL_NAMES, 'browser-ai'], 'openai'),
    model: text('model'),
    maxTokens: wholeNumber(text('max-tokens'), 1) ?? DEFAULT_MAX_TOKENS,
    session: text('session') || 'chat',
    database: text('database') || 'backfold',
    summarisers: readSummarisers(text('summarisers')),
    budget: wholeNumber(text('budget'), LEAST_BUDGET),
    theme: oneOf(text('theme'), ['light', 'dark', 'auto'], 'auto'),
    locale: text('locale'),
    position: oneOf(text('position'), ['inline', 'side', 'bubble'], 'inline'),
    placeholder: get('placeholder') ?? undefined,
    heading: get('heading') ?? undefined,
    allowImages: readImages(get('allow-images')),
    // Things that are on by default are turned off in words.
    recall: !['false', 'off', 'no'].includes(text('recall').toLowerCase()),
    readOnly: get('readonly') !== null,
    open: get('open') !== null,
  }
}

function oneOf<T extends string>(value: string, values: readonly T[], otherwise: T): T {
  return values.find((one) => one === value.toLowerCase()) ?? otherwise
}

function wholeNumber(text: string, least: number): number | undefined {
  // People write digits in groups.
  const value = Number(text.replace(/[\s_,']/g, ''))
  return text !== '' && Number.isInteger(value) && value >= least ? value : undefined
}

function readImages(value: string | null): ElementOptions['allowImages'] {
  const words = (value ?? 'none').split(/[\s,]+/).filter((word) => word !== '')
  const [first] = words
  if (first === undefined) return value === null ? 'none' : 'all'
  if (first === 'none' || first === 'same-origin' || first === 'all') return first
  return words
}

/** Steps of the ladder by name, such as `browser-ai, webllm:Qwen3-1.7B-q4f16_1-MLC`. */
function readSummarisers(value: string): readonly SummariserOptions[] {
  return value
    .split(',')
    .map((step) => step.trim())
    .flatMap((step): readonly SummariserOptions[] => {
      const [kind = '', model = ''] = step.split(/:(.*)/s)
      switch (kind) {
        case 'built-in':
        case 'browser-ai':
          return [{ kind }]
        case 'webllm':
          return model === '' ? [{ kind }] : [{ kind, model }]
        default:
          return []
      }
    })
}
