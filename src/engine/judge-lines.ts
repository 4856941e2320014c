import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { LanguageModel, ModelUsage } from '../core/ports/language-model.ts'
import type { DigestLine } from '../core/session/generation.ts'
import type { Message } from '../core/session/message.ts'
import { readJudgement, writeJudgements } from '../core/summarise/judge.ts'
import { askModel, type AskOptions } from './ask-model.ts'

export interface JudgeOptions extends AskOptions {
  readonly count: (text: string) => number
  /** A new nonce for each question. */
  readonly nonce: () => string
}

export interface Verdict {
  /** Ids of the lines that the judge does not find in their sources. */
  readonly rejected: ReadonlySet<string>
  readonly calls: number
  readonly usages: readonly ModelUsage[]
}

/** Share of a window that sources may take. */
const SOURCES_SHARE = 0.5

/**
 * Asks a model whether lines stand in their sources. It may only reject: where it fails or answers nonsense, all stay.
 * Never rejects by itself, and ends at once when the signal is aborted.
 *
 * @see SPEC.md rule SUM9
 */
export async function judgeLines(
  model: LanguageModel,
  lines: readonly DigestLine[],
  messages: readonly Message[],
  signal: AbortSignalLike,
  options: JudgeOptions,
): Promise<Verdict> {
  const rejected = new Set<string>()
  const usages: ModelUsage[] = []
  let calls = 0
  const judgements = writeJudgements(lines, messages, {
    nonce: '',
    nonces: options.nonce,
    maxTokens: Math.floor(model.info.contextTokens * SOURCES_SHARE),
    count: options.count,
  })
  for (const { named, request } of judgements) {
    if (signal.aborted) break
    calls += 1
    const reply = await askModel(model, request, signal, options)
    if (reply.kind === 'failed') break
    if (reply.usage) usages.push(reply.usage)
    for (const { id } of readJudgement(reply.text, named)) rejected.add(id)
  }
  return { rejected, calls, usages }
}
