import type { Draft } from '../../core/session/message.ts'
import { isJsonObject, isText, textOrNone, type JsonObject } from '../copy-json.ts'
import type { NumberedLine } from '../history/claude-code-log.ts'
import { toDrafts } from '../message-input.ts'
import { timeOfText } from './read-time.ts'

/** What a Codex log holds. */
export interface CodexLog {
  readonly drafts: readonly Draft[]
  readonly id: string
  readonly repairs: readonly string[]
  /** Lines that are no message, each with the reason. */
  readonly refused: readonly { readonly line: number; readonly reason: string }[]
}

const LINE_TYPES: ReadonlySet<unknown> = new Set([
  'session_meta',
  'response_item',
  'event_msg',
  'turn_context',
  'compacted',
])

/** Whether a line is one of a Codex session. */
export function isCodexLine(value: JsonObject): boolean {
  return LINE_TYPES.has(value['type']) && isJsonObject(value['payload'])
}

/** Items of a response that stand for something said, thought, called or answered. */
const ITEM = /^(?:message|reasoning|\w*_call|\w*_call_output|\w*tool_call\w*)$/

/**
 * Reads the lines of a Codex session: its items are those of the Responses API. Events repeat for people what the
 * items say, and what a compaction left in their place is no message: the log still holds what it stood for.
 *
 * @see SPEC.md rule EXPT12
 */
export function readCodexLog(lines: readonly NumberedLine[]): CodexLog {
  const drafts: Draft[] = []
  const refused: { line: number; reason: string }[] = []
  let id = ''
  let compactions = 0
  let run:
    | { readonly values: JsonObject[]; readonly line: number; readonly at: number | undefined }
    | undefined
  const flush = (): void => {
    if (run === undefined) return
    const { values, line, at } = run
    run = undefined
    try {
      for (const draft of toDrafts(values, 'responses')) {
        drafts.push(at === undefined ? draft : { ...draft, at })
      }
    } catch (failure) {
      refused.push({ line, reason: failure instanceof Error ? failure.message : String(failure) })
    }
  }
  for (const { line, value } of lines) {
    const { type } = value
    const payload = isJsonObject(value['payload']) ? value['payload'] : value
    if (type === 'session_meta' || (type === undefined && isText(value['id']))) {
      id ||= textOrNone(payload['id']) ?? ''
    } else if (type === 'compacted') compactions += 1
    else if (isItem(payload) && (type === 'response_item' || payload === value)) {
      const at = timeOfText(value['timestamp'])
      // What stands in a row may belong together: reasoning with the calls that follow from it.
      if (
        run === undefined ||
        sideOf(payload) !== sideOf(run.values[0]) ||
        sideOf(payload) === 'said'
      ) {
        flush()
        run = { values: [payload], line, at }
      } else run.values.push(payload)
    }
  }
  flush()
  const said = compactions === 1 ? 'A compaction' : `${compactions} compactions`
  const repairs =
    compactions === 0
      ? []
      : [`${said} of the app stood in the log; what came before is here whole.`]
  return { drafts, id, repairs, refused }
}

function isItem(payload: JsonObject): boolean {
  return typeof payload['type'] === 'string' && ITEM.test(payload['type'])
}

function sideOf(item: JsonObject | undefined): 'said' | 'answered' | 'assistant' {
  const type = String(item?.['type'])
  if (type.endsWith('_output')) return 'answered'
  return type === 'message' && item?.['role'] !== 'assistant' ? 'said' : 'assistant'
}
