import type { Context, Entry } from '../../core/session/context.ts'
import { textOf } from '../../core/session/message.ts'
import { createUniqueIds, type UniqueIds } from '../call-ids.ts'
import { idsOfCalls } from '../call-names.ts'
import type { JsonObject } from '../copy-json.ts'
import { exactWire } from '../exact-wire.ts'
import { readGeminiMessage } from './gemini-message.ts'
import { pairResults, type Exchange, type Piece } from '../pair-results.ts'
import { NO_CALL, NO_RESULT } from '../tool-input.ts'
import type { WrittenContext } from '../written-context.ts'
import {
  callsOf,
  contentsOf,
  namedCall,
  objectIn,
  partsOf,
  responsesOf,
  spellingIn,
} from './gemini-parts.ts'
import { functionResponse, renderGemini } from './gemini-render.ts'

/** Parts on their way out, with the contents that they make up when nothing was done to them. */
interface Chunk {
  readonly role: 'user' | 'model'
  readonly parts: readonly JsonObject[]
  readonly kind: 'speech' | 'results' | 'mixed'
  readonly source: Source | null
}

interface Source {
  readonly contents: readonly JsonObject[]
  readonly parts: readonly JsonObject[]
}

const SUMMARISED = '(earlier messages are summarised in the system instruction)'
const BEGUN = '(the conversation begins)'

/**
 * Writes a context as the contents of a Gemini request.
 *
 * Messages that came in this format go out exactly as they came, unless two of one role meet and become one. All
 * system messages and the digest make up `system`, which belongs into `systemInstruction`: the format has no
 * other place with their authority. Legal whatever the log holds: the responses to all calls of the model stand
 * directly behind it, in a content of their own, as many as there are calls and under their names.
 *
 * @see SPEC.md rules GEM4–GEM8
 */
export function toGemini(context: Context): WrittenContext {
  const system = context.entries.filter(isSystem).map(entryText)
  const said = system.filter((text) => text.trim() !== '')
  const exchanges = pairResults(
    context.entries.flatMap((entry) =>
      entry.kind === 'digest' || isSystem(entry) ? [] : piecesOf(entry),
    ),
  )
  const ids = createUniqueIds()
  const chunks = exchanges.flatMap((exchange, i) =>
    writeExchange(exchange, ids, i === exchanges.length - 1),
  )
  const messages = joinNeighbours(chunks).flatMap(writeContents)
  if (messages.length > 0 && messages[0]?.['role'] === 'model') {
    const isFolded = context.entries.some(({ kind }) => kind === 'digest')
    messages.unshift({ role: 'user', parts: [{ text: isFolded ? SUMMARISED : BEGUN }] })
  }
  return { ...(said.length === 0 ? {} : { system: said.join('\n\n') }), messages }
}

function isSystem(entry: Entry): boolean {
  return entry.kind === 'digest' || entry.message.role === 'system'
}

function entryText(entry: Entry): string {
  return entry.kind === 'digest' ? entry.text : textOf(entry.message)
}

function piecesOf(entry: Exclude<Entry, { kind: 'digest' }>): readonly Piece<Chunk>[] {
  const exact = exactWire(entry.message, entry.kind === 'stubbed', 'gemini', readGeminiMessage)
  return exact === undefined
    ? renderGemini(entry.message).map(({ role, parts, answers, calls }): Piece<Chunk> => {
        if (answers === undefined) {
          return { kind: 'speech', value: { role, parts, kind: 'speech', source: null }, calls }
        }
        const value: Chunk = { role, parts, kind: 'results', source: null }
        return { kind: 'result', value, callId: answers }
      })
    : piecesOfWire(exact)
}

/** Takes responses out of what stands around them, so that each can go behind its call. */
function piecesOfWire(value: JsonObject): readonly Piece<Chunk>[] {
  const contents = contentsOf(value)
  const source = { contents, parts: contents.flatMap(partsOf) }
  const parts = source.parts.filter(isSaid)
  const role = contents[0]?.['role'] === 'model' ? 'model' : 'user'
  const given = value['calls']
  const ids = Array.isArray(given) ? given.map(String) : idsOfCalls(contents.flatMap(responsesOf))
  const results = parts.filter(isResponse).map((part, i): Piece<Chunk> => {
    const result: Chunk = { role: 'user', parts: [part], kind: 'results', source }
    return { kind: 'result', value: result, callId: ids[i] ?? '' }
  })
  const rest = parts.filter((part) => !isResponse(part))
  if (rest.length === 0) return results
  const speech: Chunk = { role, parts: rest, kind: 'speech', source }
  const calls = idsOfCalls(contents.flatMap(callsOf))
  return [...results, { kind: 'speech', value: speech, calls }]
}

function isResponse(part: JsonObject): boolean {
  return objectIn(part, 'functionResponse') !== undefined
}

/** Some servers refuse empty texts; one with a signature is the signature's. */
function isSaid(part: JsonObject): boolean {
  const [, ...more] = Object.keys(part)
  return part['text'] !== '' || (more.length > 0 && !('thought' in part && more.length === 1))
}

function writeExchange(
  { speech, calls, results, missing }: Exchange<Chunk>,
  ids: UniqueIds,
  isLast: boolean,
): readonly Chunk[] {
  const said = speech ?? unrecordedCall(results[0]?.value)
  const made = callsOf({ parts: said.parts })
  const issued = made.map(({ id }) => (id === undefined ? undefined : ids.issue(id)))
  const answered = results.map(({ call, value }) => ({
    call,
    chunk: nameResponse(value, made[call]?.name ?? NO_CALL, issued[call]),
  }))
  // As many responses as calls, or none yet.
  const isOpen = calls.length > 0 && isLast && results.length === 0
  const closed = (isOpen ? [] : missing).map((call) => ({
    call,
    chunk: nameResponse(NO_ANSWER, made[call]?.name ?? NO_CALL, issued[call]),
  }))
  const all = [...answered, ...closed]
  const [first] = all
  const isIntact = all.every(
    ({ chunk }) => chunk.source !== null && chunk.source === first?.chunk.source,
  )
  const ordered = isIntact ? all : all.toSorted((a, b) => a.call - b.call)
  return [renameCalls(said, issued), ...ordered.map(({ chunk }) => chunk)]
}

const NO_ANSWER: Chunk = {
  role: 'user',
  parts: [functionResponse({ output: NO_RESULT })],
  kind: 'results',
  source: null,
}

/** Parts that need no change stay the same objects: that is how exactness is told. */
function renameCalls(chunk: Chunk, issued: readonly (string | undefined)[]): Chunk {
  let next = 0
  const parts = chunk.parts.map((part) => {
    const field = spellingIn(part, 'functionCall')
    const call = objectIn(part, 'functionCall')
    if (call === undefined) return part
    const id = issued[next++]
    return id === undefined || id === call['id'] ? part : { ...part, [field]: { ...call, id } }
  })
  return { ...chunk, parts }
}

function nameResponse(chunk: Chunk, name: string, id: string | undefined): Chunk {
  const parts = chunk.parts.map((part) => {
    const response = objectIn(part, 'functionResponse')
    if (response === undefined) return part
    const { id: was, ...rest } = response
    if (response['name'] === name && (was === id || was === undefined)) return part
    const named = { ...rest, ...(id === undefined ? {} : { id }), name }
    return { ...part, [spellingIn(part, 'functionResponse')]: named }
  })
  return { ...chunk, parts }
}

function unrecordedCall(result: Chunk | undefined): Chunk {
  const response = objectIn(result?.parts[0] ?? {}, 'functionResponse') ?? {}
  const { id, name = '' } = namedCall(response)
  const made = { ...(id === undefined ? {} : { id }), name: name === '' ? NO_CALL : name, args: {} }
  return { role: 'model', parts: [{ functionCall: made }], kind: 'speech', source: null }
}

/** Contents of one role become one, but responses stand by themselves, unless they came otherwise. */
function joinNeighbours(chunks: readonly Chunk[]): readonly Chunk[] {
  const joined: {
    -readonly [K in keyof Chunk]: Chunk[K] extends readonly JsonObject[] ? JsonObject[] : Chunk[K]
  }[] = []
  for (const { role, parts, kind, source } of chunks) {
    const before = joined.at(-1)
    const isSame = source !== null && before?.source === source
    if (before?.role !== role || !(isSame || (before.kind === kind && kind !== 'mixed'))) {
      joined.push({ role, parts: [...parts], kind, source })
      continue
    }
    before.parts.push(...parts)
    if (before.kind !== kind) before.kind = 'mixed'
    if (!isSame) before.source = null
  }
  return joined
}

function writeContents({ role, parts, source }: Chunk): readonly JsonObject[] {
  const whole =
    source?.parts.length === parts.length && source.parts.every((part, i) => part === parts[i])
  return source && whole ? source.contents : [{ role, parts }]
}
