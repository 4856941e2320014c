import type { ToolValues } from '../core/memory/tool-arguments.ts'
import { writeMessages, type QuoteSource } from '../core/memory/tool-result.ts'
import type { RecallToolName } from '../core/memory/tool-specs.ts'
import { BackfoldError } from '../core/backfold-error.ts'
import type { Seq } from '../core/session/message.ts'
import type { PayloadPlace, RecallQuery, RecallResult } from '../protocol/requests.ts'

/** A recall by a model: what is to be brought back, and how it is put to it. */
export interface RecallPlan {
  readonly query: RecallQuery
  /** Most hits of a search. */
  readonly limit: number
  /** How to get what did not fit. */
  readonly cutNote: string
}

const DEFAULT_HITS = 6
const MAX_HITS = 20

/**
 * What a call of a recall tool asks for.
 *
 * @throws BackfoldError `INVALID_INPUT`
 * @see SPEC.md rules TOOL2–TOOL4
 */
export function planRecall(
  name: Exclude<RecallToolName, 'recall_pad'>,
  values: ToolValues,
): RecallPlan {
  switch (name) {
    case 'recall_search': {
      const limit = Math.min(MAX_HITS, Math.max(1, numberOf(values, 'limit') ?? DEFAULT_HITS))
      return {
        query: textOf(values, 'query'),
        limit,
        cutNote: 'ask for fewer, or read a message by its number',
      }
    }
    case 'recall_messages': {
      const from = numberOf(values, 'from') ?? 0
      const to = numberOf(values, 'to') ?? from
      return { query: { from, to }, limit: 1, cutNote: 'ask for fewer messages at once' }
    }
    case 'recall_payload':
      return {
        query: planPayload(values),
        limit: 1,
        cutNote: 'ask for lines (from_line, to_line), a path or a grep',
      }
    case 'recall_digest_line':
      return {
        query: { line: textOf(values, 'line') },
        limit: 1,
        cutNote: 'read the messages one by one',
      }
  }
}

function planPayload(values: ToolValues): RecallQuery {
  const place = placeOf(values)
  const { from_line: first, to_line: last, path, grep } = values
  const lines = first !== undefined || last !== undefined
  const wanted = [lines ? 'lines' : '', path && 'path', grep && 'grep'].filter((one) => one)
  if (wanted.length > 1) throw invalid(`take one of ${wanted.join(' and ')} at a time`)
  if (path !== undefined) return { ...place, path: String(path) }
  if (grep !== undefined) {
    return { ...place, grep: String(grep), context: numberOf(values, 'context') ?? 0 }
  }
  if (!lines) return place
  const from = numberOf(values, 'from_line') ?? 1
  return { ...place, lines: { from, to: numberOf(values, 'to_line') ?? from + LINES - 1 } }
}

/** Lines given where only the first is named. */
const LINES = 200

function placeOf(values: ToolValues): PayloadPlace {
  const artifact = textOf(values, 'artifact').trim()
  if (artifact !== '') return { artifact: artifact.toLowerCase() }
  const seq = numberOf(values, 'message')
  if (seq === undefined) throw invalid('recall_payload needs artifact, or message')
  return { seq, part: numberOf(values, 'part') ?? 0 }
}

/** What was recalled, as it is quoted to a model. */
export function writeRecalled(result: RecallResult, tokens: number): QuoteSource {
  const room = tokens * 3
  switch (result.kind) {
    case 'hits': {
      // In the order of the log: of two values the later one is the newer.
      const lines = result.hits
        .toSorted((a, b) => a.seq - b.seq)
        .map(
          ({ seq, role, active, text }) =>
            `#${seq} ${role}${active ? '' : ' (left behind by a branch)'}: ${text}`,
        )
      return lines.length > 0
        ? { text: lines.join('\n\n'), note: '' }
        : { text: '(nothing found)', note: 'try other words, or fewer' }
    }
    case 'messages':
      return result.messages.length > 0
        ? writeMessages(result.messages, room)
        : { text: '(there are no such messages)', note: '' }
    case 'sources': {
      const source = writeMessages(result.messages, room)
      return { ...source, text: `${result.line.text}\n${source.text}` }
    }
    case 'artifact':
      return { text: result.text, note: '' }
    case 'slice': {
      const { text, unit, found, shown, cut, characters, lines } = result
      const part = shown < found || cut > 0 ? `${shown} of ${found} ${unit} shown` : ''
      const without = cut > 0 ? `${cut} characters of them left out` : ''
      const whole = `the payload has ${characters} characters, ${lines} lines`
      return {
        text: found === 0 ? '(no match)' : text,
        note: [part, without, whole].filter((one) => one !== '').join('; '),
        isShortened: part !== '',
      }
    }
  }
}

/** The messages that a recall brought back: evidence counts them. */
export function recalledSeqs(result: RecallResult): readonly Seq[] {
  switch (result.kind) {
    case 'hits':
      return result.hits.map(({ seq }) => seq)
    case 'messages':
    case 'sources':
      return result.messages.map(({ seq }) => seq)
    case 'artifact':
    case 'slice':
      return []
  }
}

function textOf(values: ToolValues, name: string): string {
  const value = values[name]
  return value === undefined ? '' : String(value)
}

function numberOf(values: ToolValues, name: string): number | undefined {
  const value = values[name]
  return typeof value === 'number' ? value : undefined
}

function invalid(reason: string): BackfoldError {
  return new BackfoldError('INVALID_INPUT', reason)
}
