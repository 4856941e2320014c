/**
 * One talk through `backfold.fetch()` in a process of its own: `node talk-process.mjs FORMAT SEED TURNS LEAST MOST`
 * prints what a prompt cache would have seen of it, as JSON. LEAST and MOST are the rounds of tool calls in a turn.
 */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import {
  commonLength,
  holdTalk,
  prefixShare,
  type SentRequest,
  type TalkFormat,
} from '../../support/growing-talk.ts'
import { writeTalk } from '../session-corpus.ts'

/** Of the default policy. */
const BUDGET_TOKENS = 32_000

/** Shorter prompts are not cached by either provider. */
const LEAST_CACHED = 1_024

/** Input tokens of all requests of a talk, and those of them that the request before had at its beginning. */
export interface CachedTokens {
  readonly input: number
  readonly cached: number
}

export interface TalkFigures {
  readonly requests: number
  /** Share of the requests that begin with all of the one before, 0 to 1. */
  readonly prefixShare: number
  /** The same of the sliding window. */
  readonly windowShare: number
  readonly generations: number
  /** Requests that did not keep the beginning of the one before although no fold was between them. */
  readonly unexplained: number
  readonly backfold: CachedTokens
  readonly whole: CachedTokens
  readonly window: CachedTokens
}

const counted = new Map<string, number>()

function count(text: string): number {
  const known = counted.get(text)
  if (known !== undefined) return known
  // Otherwise a text that looks like a control token would throw.
  const tokens = countTokens(text, { disallowedSpecial: new Set<string>() })
  counted.set(text, tokens)
  return tokens
}

function tokensOf(texts: SentRequest): number {
  return texts.reduce((sum, text) => sum + count(text), 0)
}

function cachedTokens(requests: readonly SentRequest[]): CachedTokens {
  let input = 0
  let cached = 0
  let before: SentRequest = []
  for (const request of requests) {
    input += tokensOf(request)
    const common = tokensOf(request.slice(0, commonLength(before, request)))
    cached += common < LEAST_CACHED ? 0 : common
    before = request
  }
  return { input, cached }
}

/** What apps do without help: the system prompt and as many of the newest messages as the budget holds. */
function slidingWindow([system = '', ...messages]: SentRequest): SentRequest {
  let left = BUDGET_TOKENS - count(system)
  const from = messages.findLastIndex((text) => (left -= count(text)) < 0)
  return [system, ...messages.slice(from + 1)]
}

const [, , format = 'openai', seed = '1', turns = '200', least = '0', most = '2'] = process.argv
const talk = writeTalk(Number(seed), Number(turns), [Number(least), Number(most)])
const { sent, whole, generations } = await holdTalk(format as TalkFormat, talk, count)
const windows = whole.map(slidingWindow)
const figures: TalkFigures = {
  requests: sent.length,
  prefixShare: prefixShare(sent),
  windowShare: prefixShare(windows),
  generations: generations.at(-1) ?? 0,
  unexplained: sent.filter((request, at) => {
    const before = sent[at - 1] ?? []
    return generations[at] === generations[at - 1] && commonLength(before, request) < before.length
  }).length,
  backfold: cachedTokens(sent),
  whole: cachedTokens(whole),
  window: cachedTokens(windows),
}
// Deadlines of requests that are over would keep the process for a while.
process.stdout.write(JSON.stringify(figures), () => process.exit())
