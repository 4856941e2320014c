import { BackfoldError, isBackfoldError } from '../core/backfold-error.ts'
import { isRecallExchange } from '../core/memory/is-recall-exchange.ts'
import { oneLine } from '../core/compaction/digest-text.ts'
import { readArguments, type ToolValues } from '../core/memory/tool-arguments.ts'
import {
  DEFAULT_RESULT_TOKENS,
  LEAST_RESULT_TOKENS,
  MAX_RESULT_TOKENS,
  quoteResult,
} from '../core/memory/tool-result.ts'
import { toolSpecs, type MemoryToolName, type RecallToolName } from '../core/memory/tool-specs.ts'
import type { RecallHit } from '../core/session/recall-hit.ts'
import type { RecallResult } from '../protocol/requests.ts'
import type {
  MadeToolCall,
  ToolAnswers,
  ToolRun,
  ToolRunOptions,
} from '../protocol/tool-messages.ts'
import { runMemoryTool } from './memory-tools.ts'
import type { OpenSession } from './open-session.ts'
import { planRecall, recalledSeqs, writeRecalled } from './recall-tools.ts'
import { recall } from './recall.ts'
import type { SessionCell } from './session-cell.ts'
import { offeredPads, recallPad } from './session-pads.ts'

/** Carries out tool calls of a model. */
export interface ToolRunner {
  run(name: string, input: unknown, options: ToolRunOptions): Promise<ToolRun>
  /** Answers the calls of our tools in an assistant's message, and names all others. */
  answer(message: unknown, options: ToolRunOptions): Promise<ToolAnswers>
}

/**
 * Carries out the tools that a model is offered. Whatever a model sends gives a result that says what was wrong;
 * only a wrong option of the host's, or a failure of the storage, is thrown.
 *
 * @see SPEC.md rules TOOL2–TOOL7
 */
export function createToolRunner(
  session: OpenSession,
  /** Name of this engine among those of all tabs. */
  owner: string,
  closing: AbortSignal,
): ToolRunner {
  const { cell, watch } = session
  const count = (text: string): number => cell.ports.tokeniser.count(text)

  const recallFor = async (
    name: RecallToolName,
    values: ToolValues,
    tokens: number,
  ): Promise<ToolRun> => {
    if (name === 'recall_pad') {
      const cut = 'ask for more tokens'
      return {
        name,
        isError: false,
        ...quoteResult(await recallPad(cell, values), tokens, cut, count),
      }
    }
    const { query, limit, cutNote } = planRecall(name, values)
    const offered = typeof query === 'string' ? await offeredPads(cell, query) : ''
    // They come first: what does not fit is cut off at the end.
    const pads = offered !== '' && count(offered) <= tokens / 2 ? `${offered}\n\n` : ''
    const left = pads === '' ? tokens : tokens - count(pads)
    const wish = { limit: limit + OWN_HITS, tokens: left, by: 'model' } as const
    const found = await recall(cell, query, wish, closing)
    const result = found.kind === 'hits' ? await leaveOutOwn(cell, found.hits, limit) : found
    watch.recalled(recalledSeqs(result))
    const source = writeRecalled(result, tokens)
    const shown = { ...source, text: `${pads}${source.text}` }
    const quoted = quoteResult(shown, tokens, cutNote, count)
    return { name, isError: false, ...quoted }
  }

  const run = async (name: string, input: unknown, options: ToolRunOptions): Promise<ToolRun> => {
    const { tokens, memory } = readOptions(options)
    const fail = (reason: string): ToolRun => {
      const text = `The call was not carried out: ${oneLine(reason).slice(0, tokens).toWellFormed()}`
      return { name, text, tokens: count(text), isError: true, isCut: false }
    }
    const spec = toolSpecs(memory).find((one) => one.name === name)
    if (!spec) return fail(`there is no tool ${String(name).slice(0, 80)} here`)
    const read = readArguments(spec, input)
    if (read.kind === 'refused') return fail(read.reason)
    try {
      if (isRecallTool(spec.name)) return await recallFor(spec.name, read.values, tokens)
      const { text, isQuote } = await runMemoryTool(session, spec.name, read.values, owner, closing)
      if (!isQuote) return { name, text, tokens: count(text), isError: false, isCut: false }
      const quoted = quoteResult({ text, note: '' }, tokens, 'ask for one kind', count)
      return { name, isError: false, ...quoted }
    } catch (failure) {
      if (isBackfoldError(failure) && TOLD.has(failure.code)) return fail(failure.message)
      throw failure
    }
  }

  return {
    run,
    async answer(message, options) {
      const { memory } = readOptions(options)
      const found = cell.ports.codec.readToolCalls(message)
      if (!found) return { messages: [], answered: [], others: [] }
      const names = new Set<string>(toolSpecs(memory).map(({ name }) => name))
      const isOurs = ({ name }: MadeToolCall): boolean => names.has(name)
      const answers = []
      // One after the other: they may be meant to build on each other, and memory has bounds.
      for (const call of found.calls.filter(isOurs)) {
        answers.push({ call, ...(await run(call.name, call.input, options)) })
      }
      return {
        messages: cell.ports.codec.writeToolResults(found.format, answers),
        answered: answers.map(({ call }) => call.id),
        others: found.calls.filter((call) => !isOurs(call)),
      }
    },
  }
}

/** Hits asked for beyond those wanted: some will be recalls themselves. */
const OWN_HITS = 60

/** Hits without those that are only what was recalled before. */
async function leaveOutOwn(
  { ports, id }: SessionCell,
  hits: readonly RecallHit[],
  limit: number,
): Promise<RecallResult> {
  const read = await ports.store.read({ session: id, at: hits.map(({ seq }) => seq) })
  const own = new Set(read.at.filter(isRecallExchange).map(({ seq }) => seq))
  return { kind: 'hits', hits: hits.filter(({ seq }) => !own.has(seq)).slice(0, limit) }
}

/** Failures that a model can do something about. */
const TOLD: ReadonlySet<string> = new Set(['INVALID_INPUT', 'SESSION_NOT_FOUND'])

function isRecallTool(name: RecallToolName | MemoryToolName): name is RecallToolName {
  return name.startsWith('recall_')
}

/** @throws BackfoldError `INVALID_INPUT` */
function readOptions({ tokens = DEFAULT_RESULT_TOKENS, memory = false }: ToolRunOptions): {
  readonly tokens: number
  readonly memory: boolean
} {
  const isWithin = tokens >= LEAST_RESULT_TOKENS && tokens <= MAX_RESULT_TOKENS
  if (typeof tokens === 'number' && isWithin && typeof memory === 'boolean')
    return { tokens, memory }
  throw new BackfoldError(
    'INVALID_INPUT',
    `tokens must be ${LEAST_RESULT_TOKENS} to ${MAX_RESULT_TOKENS} and memory true or false`,
  )
}
