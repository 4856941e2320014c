import type { Context, Entry } from '../../core/session/context.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { exactWire } from '../exact-wire.ts'
import { readAiSdkMessage } from './ai-sdk-message.ts'
import { pairResults, type Exchange, type Piece } from '../pair-results.ts'
import { entryText, isSystemEntry } from '../system-entries.ts'
import { NO_CALL, NO_RESULT } from '../tool-input.ts'
import type { WrittenContext } from '../written-context.ts'
import { renderAiSdk } from './ai-sdk-render.ts'

/** A context as `streamText` and `generateText` of the AI SDK take it. */
export interface AiSdkContext extends WrittenContext {
  /**
   * What `system` says, as the messages it came in, where one of them carries more than text, such as a cache
   * mark. The SDK's `system` option takes them from version 6 on.
   */
  readonly systemMessages?: readonly JsonObject[]
}

/** A message, or one answer of it, with the message that it comes from. */
interface Saying {
  readonly message: JsonObject
  readonly source: JsonObject
}

/** Stands where what a person said first is covered. */
const SUMMARISED = '(earlier messages are summarised in the system prompt)'

/**
 * Writes a context as the AI SDK's model messages.
 *
 * Messages that came in this format go out exactly as they came. The text of all system messages and the
 * digest make up `system`, in their order: most providers behind the SDK refuse a system message that stands
 * between others. Legal whatever the log holds, as with {@link toOpenAi}.
 *
 * @see SPEC.md rules AIS4–AIS9
 */
export function toAiSdk(context: Context): AiSdkContext {
  const run = new Set<unknown>()
  const pieces = context.entries
    .flatMap((entry) => (entry.kind === 'digest' || isSystemEntry(entry) ? [] : messagesOf(entry)))
    .flatMap((message) => piecesOf(message, run))
  const messages = joinAnswers(flatten(pairResults(pieces)))
  const isFolded = context.entries.some(({ kind }) => kind === 'digest')
  if (isFolded && messages[0]?.['role'] !== 'user') {
    messages.unshift({ role: 'user', content: SUMMARISED })
  }
  return { ...systemOf(context), messages }
}

function systemOf({ entries }: Context): Pick<AiSdkContext, 'system' | 'systemMessages'> {
  const said = entries
    .filter((entry) => isSystemEntry(entry))
    .filter((entry) => entryText(entry).trim() !== '')
  if (said.length === 0) return {}
  const system = said.map(entryText).join('\n\n')
  const systemMessages = said.map(
    (entry) => exactSystem(entry) ?? { role: 'system', content: entryText(entry) },
  )
  const isPlain = systemMessages.every((message) => Object.keys(message).length === 2)
  return { system, ...(isPlain ? {} : { systemMessages }) }
}

function exactSystem(entry: Entry): JsonObject | undefined {
  return entry.kind === 'digest'
    ? undefined
    : exactWire(entry.message, entry.kind === 'stubbed', 'ai-sdk', readAiSdkMessage)
}

function messagesOf(entry: Exclude<Entry, { kind: 'digest' }>): readonly JsonObject[] {
  const exact = exactWire(entry.message, entry.kind === 'stubbed', 'ai-sdk', readAiSdkMessage)
  const messages = exact ? [exact] : renderAiSdk(entry.message)
  return messages.filter((message) => !saysNothing(message))
}

/** Empty messages come from broken streams; providers refuse them. */
function saysNothing({ content }: JsonObject): boolean {
  if (!Array.isArray(content)) return content === ''
  return content.every((block: unknown) => isJsonObject(block) && block['text'] === '')
}

/**
 * Takes a message apart into what it says and the answers in it, so that each can go behind its call.
 *
 * @param run - Ids of calls that the provider carries out itself, to which those of the message are added: their
 * results stay where they are, in this message of the assistant or in a later one.
 */
function piecesOf(message: JsonObject, run: Set<unknown>): readonly Piece<Saying>[] {
  const { role, content } = message
  const blocks: readonly JsonObject[] = Array.isArray(content) ? content.filter(isJsonObject) : []
  if (role === 'tool') return answersOf(message, blocks)
  if (role !== 'assistant') return [speechOf(message, [])]
  for (const block of blocks) if (isRunByProvider(block)) run.add(block['toolCallId'])
  const isStray = (block: JsonObject): boolean => isResult(block) && !run.has(block['toolCallId'])
  const strays = blocks.filter(isStray)
  if (strays.length === 0) return [speechOf(message, blocks)]
  const rest = blocks.filter((block) => !isStray(block))
  const speech = rest.length === 0 ? [] : [speechOf({ ...message, content: rest }, rest)]
  return [...speech, ...answersOf({ role: 'tool', content: strays }, strays)]
}

function speechOf(message: JsonObject, blocks: readonly JsonObject[]): Piece<Saying> {
  return { kind: 'speech', value: own(message), calls: blocks.flatMap(asksFor) }
}

function isResult(block: JsonObject): boolean {
  return block['type'] === 'tool-result'
}

function isRunByProvider(block: JsonObject): boolean {
  return block['type'] === 'tool-call' && block['providerExecuted'] === true
}

/** Ids of what a block wants an answer to. Calls and approvals have ids of their own. */
function asksFor(block: JsonObject): readonly string[] {
  if (block['type'] === 'tool-approval-request') return [`approval:${String(block['approvalId'])}`]
  const asks = block['type'] === 'tool-call' && !isRunByProvider(block)
  return asks ? [`call:${String(block['toolCallId'])}`] : []
}

/** One piece for each answer; a block that is none stays with the answer before it, or the first. */
function answersOf(message: JsonObject, blocks: readonly JsonObject[]): readonly Piece<Saying>[] {
  const answers: { readonly callId: string; readonly blocks: JsonObject[] }[] = []
  const loose: JsonObject[] = []
  for (const block of blocks) {
    const callId = answeredId(block)
    if (callId !== undefined) answers.push({ callId, blocks: [...loose.splice(0), block] })
    else (answers.at(-1)?.blocks ?? loose).push(block)
  }
  return answers.map(({ callId, blocks: content }) => ({
    kind: 'result',
    value: { message: { ...message, content }, source: message },
    callId,
  }))
}

function answeredId(block: JsonObject): string | undefined {
  if (isResult(block)) return `call:${String(block['toolCallId'])}`
  if (block['type'] !== 'tool-approval-response') return undefined
  return `approval:${String(block['approvalId'])}`
}

function flatten(exchanges: readonly Exchange<Saying>[]): readonly Saying[] {
  return exchanges.flatMap(({ speech, calls, results, missing }, i) => {
    const made = speech ?? own(unrecordedCall(calls[0] ?? '', results[0]?.value.message))
    const names = results.length + missing.length > 0 ? namesOf(made.message) : new Map()
    const isNewest = i === exchanges.length - 1
    const open = [...missing.map((call) => calls[call] ?? ''), ...(speech ? [] : loneCalls(calls))]
    const closed = open.filter((id) => id.startsWith('call:')).map((id) => noResult(id, names))
    return [
      made,
      ...results.map(({ value }) => ({ ...value, message: withNames(value.message, names) })),
      ...(isNewest && speech ? [] : closed.map(own)),
    ]
  })
}

function own(message: JsonObject): Saying {
  return { message, source: message }
}

/** An approval whose request is not recorded gets one, which takes a call: that is never answered. */
function loneCalls(calls: readonly string[]): readonly string[] {
  return calls.filter((id) => id.startsWith('approval:')).map((id) => `call:${callForApproval(id)}`)
}

function callForApproval(id: string): string {
  return `call_${id.slice('approval:'.length)}`
}

function unrecordedCall(id: string, answer: JsonObject | undefined): JsonObject {
  const named =
    answer && Array.isArray(answer['content']) ? answer['content'].find(isJsonObject) : {}
  const name = typeof named?.['toolName'] === 'string' ? named['toolName'] : NO_CALL
  const call = (toolCallId: string): JsonObject => ({
    type: 'tool-call',
    toolCallId,
    toolName: name,
    input: {},
  })
  if (!id.startsWith('approval:')) {
    return { role: 'assistant', content: [call(id.slice('call:'.length))] }
  }
  const toolCallId = callForApproval(id)
  const approvalId = id.slice('approval:'.length)
  const request = { type: 'tool-approval-request', approvalId, toolCallId }
  return { role: 'assistant', content: [call(toolCallId), request] }
}

function namesOf({ content }: JsonObject): ReadonlyMap<unknown, unknown> {
  const calls = Array.isArray(content) ? content.filter(isJsonObject) : []
  return new Map(calls.map(({ toolCallId, toolName }) => [toolCallId, toolName]))
}

/** Results that were built from another format learn the name of their tool from their call. */
function withNames(message: JsonObject, names: ReadonlyMap<unknown, unknown>): JsonObject {
  const blocks: readonly JsonObject[] = Array.isArray(message['content']) ? message['content'] : []
  if (!blocks.some((block) => isResult(block) && block['toolName'] === undefined)) return message
  const content = blocks.map((block) => {
    if (!isResult(block) || block['toolName'] !== undefined) return block
    const { type, toolCallId, ...rest } = block
    return { type, toolCallId, toolName: names.get(toolCallId) ?? NO_CALL, ...rest }
  })
  return { ...message, content }
}

function noResult(id: string, names: ReadonlyMap<unknown, unknown>): JsonObject {
  const toolCallId = id.slice('call:'.length)
  const output = { type: 'text', value: NO_RESULT }
  const toolName = names.get(toolCallId) ?? NO_CALL
  return { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output }] }
}

/** Answers of one message that still stand together are that message again. */
function joinAnswers(sayings: readonly Saying[]): JsonObject[] {
  const joined: { message: JsonObject; readonly source: JsonObject; readonly blocks: unknown[] }[] =
    []
  for (const { message, source } of sayings) {
    const content = Array.isArray(message['content']) ? (message['content'] as unknown[]) : []
    const before = joined.at(-1)
    if (before && before.source === source && message['role'] === 'tool') {
      before.blocks.push(...content)
      before.message = { ...message, content: before.blocks }
    } else {
      joined.push({ message, source, blocks: [...content] })
    }
  }
  return joined.map(({ message }) => message)
}
