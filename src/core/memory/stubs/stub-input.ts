import { readEdit, REPLACED_FIELDS } from '../edit-fields.ts'
import { quoteLine } from './quote-line.ts'
import { writeStub, type StubRequest } from './write-stub.ts'

/** Texts up to this length stay as they are: paths, commands, flags. In UTF-16 code units. */
const SMALL_TEXT = 200
/** Longest value, as JSON, that stays besides texts. */
const SMALL_VALUE = 240
/** Characters that all fields which stay may take together, as JSON. */
const MOST_KEPT = 1_200
const MAX_FIELDS = 40
/** Items of a list of which each gets stubs of its own, such as the edits of one call. */
const MAX_ITEMS = 6
const MAX_DEPTH = 3
/** Characters that the stubs of one call show of its texts together. */
const INPUT_BUDGET = 600
const LEAST_FIELD_BUDGET = 80
const MAX_PARSED = 8_000_000
/** Lines of an edit that are compared, the shortest that says something, and how many are shown. */
const MAX_COMPARED_LINES = 4_000
const LEAST_FRESH = 12
const MOST_FRESH = 3

/**
 * The arguments of a tool call with their large texts replaced by stubs: small fields stay as they
 * are, so that what was called with which path and flags can still be read, and providers accept it.
 *
 * Total; the result is the JSON of an object, whatever the arguments are, and shorter than them or
 * undefined. Arguments that are no object become `{"stub": …}`.
 *
 * @see SPEC.md rules STUB7, STUB8
 */
export function stubInput(input: string, request: InputStubRequest): string | undefined {
  const parsed = parseObject(input)
  const whole = (): string => {
    const text = parsed.text ?? input
    return JSON.stringify({ stub: stubOf(text, request, request.label, INPUT_BUDGET) })
  }
  const text = parsed.object ? (stubFields(parsed.object, request) ?? whole()) : whole()
  return text.length < input.length ? text : undefined
}

/** A stub of arguments: what was used is looked up for each text, which stands escaped in the JSON. */
export interface InputStubRequest extends Omit<StubRequest, 'used' | 'budget'> {
  /** Lines of one text of the arguments that later messages used. */
  readonly usedIn?: (text: string) => readonly string[]
}

type JsonObject = Readonly<Record<string, unknown>>

/** The arguments as an object, or as the text that they are when the call takes free text. */
function parseObject(input: string): { readonly object?: JsonObject; readonly text?: string } {
  if (input.length > MAX_PARSED) return {}
  try {
    const parsed: unknown = JSON.parse(input)
    if (typeof parsed === 'string') return { text: parsed }
    return isObject(parsed) ? { object: parsed } : {}
  } catch {
    return {}
  }
}

/** Undefined where what stays would itself be large. */
function stubFields(object: JsonObject, request: InputStubRequest): string | undefined {
  const large = countLarge(object, 0)
  if (large === 0) return undefined
  const budget = Math.max(LEAST_FIELD_BUDGET, Math.floor(INPUT_BUDGET / large))
  const fresh = freshLines(object)
  const reduced = reduce(object, 0, (text, path) => {
    if (REPLACED_FIELDS.has(path)) return replacedStub(text, path, request.seq)
    return stubOf(text, request, labelOf(path, object, request.label), budget, fresh)
  })
  const text = JSON.stringify(reduced)
  return text.length <= MOST_KEPT + large * (budget + 700) ? text : undefined
}

function stubOf(
  text: string,
  { usedIn, ...request }: InputStubRequest,
  label: string,
  budget: number,
  fresh: readonly string[] = [],
): string {
  const own = fresh.filter((line) => text.includes(line))
  return writeStub(text, { ...request, label, budget, used: [...own, ...(usedIn?.(text) ?? [])] })
}

/** Lines that an edit brings. Of what it takes away none is shown: it is not how things are. */
function freshLines(object: JsonObject): readonly string[] {
  const edit = readEdit(object)
  if (!edit) return []
  const old = new Set(edit.before.split('\n').map((line) => line.trim()))
  const lines = edit.after.split('\n', MAX_COMPARED_LINES).map((line) => line.trim())
  return lines.filter((line) => line.length >= LEAST_FRESH && !old.has(line)).slice(0, MOST_FRESH)
}

function replacedStub(text: string, path: string, seq: number): string {
  return `[${path}: ${text.length} characters that this call replaced; recall message ${seq}]`
}

/** What a field holds, and of which file: the extension tells the language. */
function labelOf(path: string, object: JsonObject, label: string): string {
  const file = ['file_path', 'path', 'filename', 'file', 'target_file']
    .map((key) => object[key])
    .find((value) => typeof value === 'string')
  return typeof file === 'string' ? `${path} of ${quoteLine(file, 120)}` : `${path} of ${label}`
}

function countLarge(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length > SMALL_TEXT ? 1 : 0
  if (depth > MAX_DEPTH) return 0
  if (Array.isArray(value)) {
    if (value.length > MAX_ITEMS) return sizeWithin(value, SMALL_VALUE) === undefined ? 1 : 0
    return value.reduce<number>((sum, item) => sum + countLarge(item, depth + 1), 0)
  }
  if (!isObject(value)) return 0
  const keys = Object.keys(value)
  return keys
    .slice(0, MAX_FIELDS)
    .reduce((sum, key) => sum + countLarge(value[key], depth + 1), keys.length > MAX_FIELDS ? 1 : 0)
}

type StubText = (text: string, path: string) => string

function reduce(value: unknown, depth: number, stub: StubText, path: string = ''): unknown {
  if (typeof value === 'string') return value.length > SMALL_TEXT ? stub(value, path) : value
  if (typeof value !== 'object' || value === null) return value
  if (sizeWithin(value, SMALL_VALUE) !== undefined) return value
  if (depth > MAX_DEPTH) return '[moved out of context]'
  if (Array.isArray(value)) {
    const kept = value.slice(0, MAX_ITEMS)
    const items = kept.map((item, index) => reduce(item, depth + 1, stub, `${path}.${index}`))
    const more = value.length - kept.length
    return more > 0 ? [...items, `[${more} more items moved out of context]`] : items
  }
  const keys = Object.keys(value)
  const fields = keys.slice(0, MAX_FIELDS).map((key): readonly [string, unknown] => {
    const own = path === '' ? key : `${path}.${key}`
    return [quoteLine(key, 120), reduce((value as JsonObject)[key], depth + 1, stub, own)]
  })
  const more = keys.length - fields.length
  // Object.fromEntries defines what assigning `__proto__` would not.
  return Object.fromEntries(
    more > 0 ? [...fields, ['stub', `[${more} more fields moved out of context]`]] : fields,
  )
}

/** Length of a value as JSON, roughly, or undefined where it is more than allowed. */
function sizeWithin(value: unknown, most: number, depth: number = 0): number | undefined {
  if (typeof value === 'string') return value.length + 2 <= most ? value.length + 2 : undefined
  if (typeof value !== 'object' || value === null) return 5
  if (depth > 8) return undefined
  let size = 2
  for (const [key, item] of Object.entries(value)) {
    const own = sizeWithin(item, most - size, depth + 1)
    if (own === undefined) return undefined
    size += own + (Array.isArray(value) ? 1 : key.length + 4)
    if (size > most) return undefined
  }
  return size
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
