import { extractPads } from '../memory/pads/extract-pads.ts'
import type { PadRun } from '../memory/pads/pad.ts'
import type { Payload } from '../memory/payload.ts'
import type { DigestLine } from '../session/generation.ts'
import type { Message } from '../session/message.ts'
import { EXTRACTOR_TIMEOUT_MS } from './describe-extractors.ts'
import { mergeLines } from './digest-lines.ts'
import { extractFactLines } from './extract-facts.ts'
import { extractQuotes } from './extract-quotes.ts'
import { extractRuleLines } from './extract-rules.ts'
import { extractSlotLines } from './extract-slots.ts'
import { extractStateLines, type DigestOptions } from './extract-state.ts'
import type { ExtractorInfo } from './extractor.ts'

export type BuiltInExtractor = 'rules' | 'digest' | 'facts' | 'quotes' | 'pads'

const FREE = { timeoutMs: EXTRACTOR_TIMEOUT_MS, isModelFree: true } as const

/** The extractors that need no model, in the order in which their lines are joined. */
export const BUILT_IN_EXTRACTORS: readonly (ExtractorInfo & { readonly name: BuiltInExtractor })[] =
  [
    // Without the rules, or without knowing how the work stands, nothing is folded.
    { name: 'rules', priority: 100, ...FREE, isNeeded: true },
    { name: 'digest', priority: 200, ...FREE, isNeeded: true },
    { name: 'facts', priority: 300, ...FREE, isNeeded: false },
    { name: 'quotes', priority: 350, ...FREE, isNeeded: false },
    // It gives no lines: what it finds is stored beside the candidate.
    { name: 'pads', priority: 600, ...FREE, isNeeded: false },
  ]

/** What one extractor makes of one block of the covered part. */
export interface DigestedBlock {
  readonly lines: readonly DigestLine[]
  readonly payloads: readonly Payload[]
  readonly messages: number
  readonly chain: string
  readonly padRuns: readonly PadRun[]
}

/**
 * Separates and extracts one block, without a model: large payloads are named for moving out, and what
 * people and models said is turned into lines with their sources.
 *
 * Pure and deterministic. Every line is a quote of its source, or a label made by code from it.
 *
 * @see SPEC.md rules DIG1–DIG5
 */
export function digestBlock(
  messages: readonly Message[],
  extractor: BuiltInExtractor,
  options: DigestOptions,
): DigestedBlock {
  const { lines, payloads, padRuns = [] } = extract(messages, extractor, options)
  return {
    lines: mergeLines(lines),
    payloads,
    messages: messages.length,
    chain: messages.at(-1)?.chain ?? '',
    padRuns,
  }
}

function extract(
  messages: readonly Message[],
  extractor: BuiltInExtractor,
  options: DigestOptions,
): Pick<DigestedBlock, 'lines' | 'payloads'> & Partial<Pick<DigestedBlock, 'padRuns'>> {
  switch (extractor) {
    case 'rules':
      return { lines: extractRuleLines(messages), payloads: [] }
    case 'facts':
      return {
        lines: [...extractFactLines(messages), ...extractSlotLines(messages)],
        payloads: [],
      }
    case 'quotes':
      return { lines: extractQuotes(messages, options.maxQuoteTokens), payloads: [] }
    case 'pads':
      return { lines: [], payloads: [], padRuns: extractPads(messages) }
    case 'digest':
      return extractStateLines(messages, options)
  }
}
