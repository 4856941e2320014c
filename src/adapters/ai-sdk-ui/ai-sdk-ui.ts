import type { Context, Entry } from '../../core/session/context.ts'
import { createUniqueIds, type UniqueIds } from '../call-ids.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { exactWire } from '../exact-wire.ts'
import { pairResults, type Exchange, type Piece } from '../pair-results.ts'
import { asTextBlock } from '../placed-part.ts'
import { isSystemEntry } from '../system-entries.ts'
import { NO_RESULT } from '../tool-input.ts'
import { isToolPart, readAiSdkUiMessage } from './ai-sdk-ui-message.ts'
import { renderAiSdkUi } from './ai-sdk-ui-render.ts'
import { answeredId, answerToolPart, asksFor, loneToolPart, type Answer } from './tool-part.ts'

/** A UI message, or what belongs into one. */
type Saying =
  | { readonly kind: 'message'; readonly message: JsonObject }
  | { readonly kind: 'answer'; readonly answer: Answer; readonly id: string }

/** Stands where what a person said first is covered. */
const SUMMARISED = '(earlier messages are summarised in a system message)'

/**
 * Writes a context as UI messages of the AI SDK.
 *
 * Messages that came in this format go out exactly as they came. The digest is a system message behind those
 * that the context begins with, as are system messages of other formats: most providers refuse a system message
 * that stands between others. Legal whatever the log holds: a result is part of its call, and a call that
 * something follows unanswered gets an error that says so.
 *
 * @see SPEC.md rules AUI4–AUI8
 */
export function toAiSdkUi(context: Context): JsonObject[] {
  const ids = createUniqueIds()
  const digest = context.entries.find((entry) => entry.kind === 'digest')
  const said = context.entries.filter((entry) => !isAuthority(entry))
  const messages = flatten(pairResults(said.flatMap(piecesOf)), ids)
  const authority = context.entries.filter(isAuthority).flatMap((entry) => authorityOf(entry))
  const begin = messages.findIndex(({ role }) => role !== 'system')
  const at = begin < 0 ? messages.length : begin
  const opening =
    digest?.kind === 'digest' && messages[at]?.['role'] !== 'user'
      ? [textMessage(`backfold-begin-${digest.generation}`, 'user', SUMMARISED)]
      : []
  return messages.toSpliced(at, 0, ...authority, ...opening)
}

/** What speaks with the host's authority and did not come in this format. */
function isAuthority(entry: Entry): boolean {
  return isSystemEntry(entry) && exactOf(entry) === undefined
}

function exactOf(entry: Entry): JsonObject | undefined {
  return entry.kind === 'digest'
    ? undefined
    : exactWire(entry.message, entry.kind === 'stubbed', 'ai-sdk-ui', readAiSdkUiMessage)
}

function authorityOf(entry: Entry): readonly JsonObject[] {
  if (entry.kind === 'digest') {
    return [textMessage(`backfold-digest-${entry.generation}`, 'system', entry.text)]
  }
  const { message } = renderAiSdkUi(entry.message)
  return message ? [message] : []
}

function textMessage(id: string, role: string, text: string): JsonObject {
  return { id, role, parts: [asTextBlock(text)] }
}

function piecesOf(entry: Entry): readonly Piece<Saying>[] {
  if (entry.kind === 'digest') return []
  const exact = exactOf(entry)
  if (exact) return saysNothing(exact) ? [] : [speechOf(exact)]
  const { answers, message } = renderAiSdkUi(entry.message)
  const id = `backfold-${entry.message.id}-result`
  const results = answers.map((answer): Piece<Saying> => ({
    kind: 'result',
    value: { kind: 'answer', answer, id },
    callId: answeredId(answer),
  }))
  return message ? [...results, speechOf(message)] : results
}

/** The SDK refuses a message without parts, but of the assistant. */
function saysNothing({ role, parts }: JsonObject): boolean {
  return role !== 'assistant' && Array.isArray(parts) && parts.length === 0
}

function speechOf(message: JsonObject): Piece<Saying> {
  const calls = partsOf(message).flatMap(asksFor)
  return { kind: 'speech', value: { kind: 'message', message }, calls }
}

function partsOf({ parts }: JsonObject): readonly JsonObject[] {
  return Array.isArray(parts) ? parts.filter(isJsonObject) : []
}

function flatten(exchanges: readonly Exchange<Saying>[], ids: UniqueIds): readonly JsonObject[] {
  return exchanges.flatMap((exchange, i) => {
    const { speech } = exchange
    if (speech?.kind === 'message') {
      return [answered(speech.message, exchange, i === exchanges.length - 1)]
    }
    // An answer whose question is not recorded: leave to run what nobody knows says nothing.
    return exchange.results.flatMap(({ value }) =>
      value.kind === 'answer' && value.answer.type === 'tool-result'
        ? [{ id: ids.issue(value.id), role: 'assistant', parts: [loneToolPart(value.answer)] }]
        : [],
    )
  })
}

/** A message with the answers to its calls in it; it stays the same object if there are none. */
function answered(
  message: JsonObject,
  { calls, results, missing }: Exchange<Saying>,
  isNewest: boolean,
): JsonObject {
  const given = results.flatMap(({ value }) => (value.kind === 'answer' ? [value.answer] : []))
  const closed = isNewest ? [] : missing.flatMap((call) => noResult(calls[call] ?? ''))
  const byId = new Map<string, Answer[]>()
  for (const answer of [...given, ...closed]) {
    const id = answeredId(answer)
    const known = byId.get(id)
    if (known) known.push(answer)
    else byId.set(id, [answer])
  }
  if (byId.size === 0) return message
  // The n-th part of an id gets the n-th answer of that id.
  const parts = partsOf(message).map((part) => (isToolPart(part) ? answerPart(part, byId) : part))
  return { ...message, parts }
}

function answerPart(part: JsonObject, byId: ReadonlyMap<string, Answer[]>): JsonObject {
  let made = part
  // Leave first: what it was decides the state in which the result is written.
  for (const id of asksFor(part).toReversed()) {
    const answer = byId.get(id)?.shift()
    if (answer) made = answerToolPart(made, answer)
  }
  return made
}

function noResult(id: string): readonly Answer[] {
  if (!id.startsWith('call:')) return []
  const callId = id.slice('call:'.length)
  return [{ type: 'tool-result', callId, output: NO_RESULT, isError: true }]
}
