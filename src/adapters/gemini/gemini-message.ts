import type { Part, Role } from '../../core/session/message.ts'
import { idsOfAnswered, idsOfCalls, type NamedCall } from '../call-names.ts'
import { isJsonObject, type JsonObject } from '../copy-json.ts'
import { invalidInput, kindOf, wordOrKind } from '../invalid-input.ts'
import { parseToolInput } from '../tool-input.ts'
import type { Place, WireReading } from '../wire-reading.ts'
import {
  callsOf,
  contentsOf,
  isGrouped,
  objectIn,
  partnersOf,
  readMedia,
  responsesOf,
  responseText,
  spellingIn,
  textPartOf,
  type Found,
  type Path,
} from './gemini-parts.ts'

interface PlacedPart {
  readonly part: Part
  readonly place: Place
}

const ROLES: Readonly<Record<string, Role>> = {
  user: 'user',
  model: 'assistant',
  function: 'user',
  system: 'system',
}

/**
 * Puts contents together that are one message: what the model says in a row, as some hosts keep every chunk of a
 * stream, and responses in a row. They become `{ contents }`, with the ids of the calls in `calls` where the
 * responses do not tell them by themselves. Any other content stays as it is.
 *
 * @see SPEC.md rule GEM2
 */
export function groupGemini(values: readonly JsonObject[]): readonly JsonObject[] {
  const grouped: JsonObject[] = []
  let calls: readonly NamedCall[] = []
  let run: JsonObject[] = []
  const flush = (): void => {
    if (run.length > 0) grouped.push(groupRun(run, calls))
    if (run[0]?.['role'] === 'model') calls = run.flatMap(callsOf)
    run = []
  }
  for (const value of values) {
    const kind = kindOfRun(value)
    if (kind === undefined || (run[0] !== undefined && kindOfRun(run[0]) !== kind)) flush()
    if (kind === undefined) grouped.push(value)
    else run.push(value)
    if (isGrouped(value)) calls = contentsOf(value).flatMap(callsOf)
  }
  flush()
  return grouped
}

function kindOfRun(value: JsonObject): 'model' | 'responses' | undefined {
  if (isGrouped(value)) return undefined
  if (value['role'] === 'model') return 'model'
  return responsesOf(value).length > 0 ? 'responses' : undefined
}

function groupRun(run: readonly JsonObject[], calls: readonly NamedCall[]): JsonObject {
  const [only] = run
  const responses = run.flatMap(responsesOf)
  const ids = idsOfAnswered(calls, responses)
  const own = idsOfCalls(responses)
  const tells = ids.every((id, i) => id === own[i])
  if (run.length === 1 && tells && only !== undefined) return only
  return tells ? { contents: run } : { contents: run, calls: ids }
}

/**
 * Reads a content, or several put together by {@link groupGemini}: one part per part, but for texts of the model
 * in a row, which are one. Parts without a part of their own become a text part of their JSON.
 *
 * @param at - Where the message stands, for error messages.
 * @throws BackfoldError `INVALID_INPUT`
 */
export function readGeminiMessage(value: JsonObject, at: string): WireReading {
  const contents = contentsOf(value)
  const role = roleOf(contents, at)
  const found = contents.flatMap((content, i) =>
    findParts(content, isGrouped(value) ? ['contents', i] : [], at),
  )
  const calls = value['calls']
  const ids = Array.isArray(calls) ? calls.map(String) : idsOfCalls(contents.flatMap(responsesOf))
  const made = idsOfCalls(contents.flatMap(callsOf))
  const placed = readAll(found, { role, at, calls: [...made], responses: [...ids] })
  const onlyResults = placed.length > 0 && placed.every(({ part }) => part.type === 'tool-result')
  return {
    role: onlyResults ? 'tool' : role,
    parts: placed.map(({ part }) => part),
    places: placed.map(({ place }) => place),
  }
}

/** Without a role a content is the user's. */
function roleOf(contents: readonly JsonObject[], at: string): Role {
  const role = contents[0]?.['role'] ?? 'user'
  const known = typeof role === 'string' && Object.hasOwn(ROLES, role) ? ROLES[role] : undefined
  return known ?? invalidInput(`${at}.role must be user or model, got ${wordOrKind(role)}`)
}

function findParts({ parts }: JsonObject, path: Path, at: string): readonly Found[] {
  if (parts === undefined || parts === null) return []
  if (!Array.isArray(parts)) {
    return invalidInput(`${at}.parts must be an array, got ${kindOf(parts)}`)
  }
  return parts.map((value: unknown, i) =>
    isJsonObject(value)
      ? { value, path: [...path, 'parts', i] }
      : invalidInput(`${at}.parts[${i}] must be an object, got ${kindOf(value)}`),
  )
}

interface Reading {
  readonly role: Role
  readonly at: string
  /** Ids of the calls that are still to be read. */
  readonly calls: string[]
  readonly responses: string[]
}

function readAll(found: readonly Found[], reading: Reading): readonly PlacedPart[] {
  const placed: PlacedPart[] = []
  for (let i = 0; i < found.length; i++) {
    const chunks = reading.role === 'assistant' ? textRun(found, i) : 1
    const [first, ...more] = found.slice(i, i + chunks)
    if (first === undefined) continue
    placed.push(more.length === 0 ? readPart(found, i, reading) : joinTexts(first, more))
    i += chunks - 1
  }
  return placed
}

/** How many parts from an index on are one text that came in chunks. A signature closes it. */
function textRun(found: readonly Found[], from: number): number {
  const kind = textKind(found[from]?.value)
  if (kind === undefined) return 1
  let length = 1
  for (; textKind(found[from + length]?.value) === kind; length++) {
    const before = found[from + length - 1]?.value
    if (before !== undefined && spellingIn(before, 'thoughtSignature') in before) break
  }
  return length
}

function textKind(part: JsonObject | undefined): string | undefined {
  if (part === undefined || typeof part['text'] !== 'string') return undefined
  const plain = Object.keys(part).every((key) =>
    ['text', 'thought', 'thoughtSignature', 'thought_signature'].includes(key),
  )
  if (!plain) return undefined
  return part['thought'] === true ? 'thought' : 'said'
}

/** Chunks as one text. When it is replaced, the first holds the other text and the rest none. */
function joinTexts(first: Found, more: readonly Found[]): PlacedPart {
  const text = [first, ...more].map(({ value }) => String(value['text'])).join('')
  const isThought = first.value['thought'] === true
  const place: Place = {
    path: isThought ? first.path : [...first.path, 'text'],
    ...(isThought ? { write: (stub: string) => ({ text: stub }) } : {}),
    alsoAsText: more.map(({ path }) => path),
    asText: isThought ? () => ({ text: '' }) : withoutText,
  }
  return { part: { type: isThought ? 'reasoning' : 'text', text }, place }
}

function withoutText(part: unknown): unknown {
  return isJsonObject(part) ? { ...part, text: '' } : part
}

function readPart(found: readonly Found[], i: number, reading: Reading): PlacedPart {
  const { value, path } = found[i] ?? { value: {}, path: [] }
  const whole: Place = { path, write: (text) => ({ text }) }
  const { text } = value
  if (typeof text === 'string') {
    // Another text would not be what the signature is for.
    return value['thought'] === true
      ? { part: { type: 'reasoning', text }, place: whole }
      : { part: { type: 'text', text }, place: { path: [...path, 'text'] } }
  }
  const call = objectIn(value, 'functionCall')
  if (call !== undefined) return readCall(value, call, path, reading)
  const response = objectIn(value, 'functionResponse')
  if (response !== undefined) return readResponse(value, response, path, reading)
  const media = readMedia(value)
  if (media !== undefined) return { part: media, place: whole }
  return {
    part: { type: 'text', text: JSON.stringify(value) },
    place: { ...whole, alsoAsText: partnersOf(found, i), asText: textPartOf },
  }
}

function readCall(value: JsonObject, call: JsonObject, path: Path, reading: Reading): PlacedPart {
  const { role, at, calls } = reading
  if (role !== 'assistant') invalidInput(`${at} has a functionCall outside of role model`)
  const { name, args } = call
  if (typeof name !== 'string') return invalidInput(`${at}: functionCall.name must be a string`)
  const input = JSON.stringify(args ?? {})
  return {
    part: { type: 'tool-call', callId: calls.shift() ?? '', name, input },
    place: {
      path: [...path, spellingIn(value, 'functionCall'), 'args'],
      write: parseToolInput,
    },
  }
}

function readResponse(
  value: JsonObject,
  { response }: JsonObject,
  path: Path,
  { responses }: Reading,
): PlacedPart {
  const isError = isJsonObject(response) && 'error' in response
  return {
    part: {
      type: 'tool-result',
      callId: responses.shift() ?? '',
      output: responseText(response),
      ...(isError ? { isError } : {}),
    },
    place: {
      path: [...path, spellingIn(value, 'functionResponse'), 'response'],
      write: (text) => (isError ? { error: text } : { output: text }),
    },
  }
}
