import type { Seq } from '../session/message.ts'
import type { ReadOperation } from './patch.ts'
import { parseLoosely } from './parse-loosely.ts'

/** What an answer was read as. */
export type ReadAnswer =
  | {
      readonly kind: 'patch'
      readonly operations: readonly ReadOperation[]
      /** Items of a shape that says nothing. */
      readonly malformed: number
      /** Whether the answer broke off. */
      readonly isCut: boolean
    }
  /** The model says that there is nothing to change. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** Longest answer that is looked at, in UTF-16 code units. */
const MAX_ANSWER_LENGTH = 100_000
/** Places at which JSON may begin that are tried. */
const MAX_STARTS = 12
/** Operations taken of one answer. */
const MAX_OPERATIONS = 400
/** How deep the patch may lie within other objects. */
const MAX_DEPTH = 3

const KINDS = ['add', 'supersede', 'resolve', 'drop'] as const

type Kind = (typeof KINDS)[number]

type Fields = Readonly<Partial<Record<string, unknown>>>

/**
 * Reads a patch from whatever a model answered: JSON between fences or prose, cut off, nested, with the operations by kind
 * or in one list. Total and linear; nothing of it is trusted.
 *
 * @see SPEC.md rules PATCH1, PATCH2
 */
export function readAnswer(text: string): ReadAnswer {
  const read = text.slice(0, MAX_ANSWER_LENGTH)
  if (read.trim() === '') return { kind: 'unreadable', reason: 'the answer is empty' }
  if (/^\W*(?:none|nothing|n\/a|null|\[\]|\{\})\W*$/i.test(read.trim().slice(0, 40))) {
    return { kind: 'none' }
  }
  let hasJson = false
  for (const { value, isWhole } of valuesIn(read)) {
    hasJson = true
    const items = itemsOf(value, 0)
    if (items === undefined) continue
    const isCut = !isWhole || text.length > MAX_ANSWER_LENGTH
    if (items.length === 0) return isCut ? CUT : { kind: 'none' }
    const operations = items.slice(0, MAX_OPERATIONS).flatMap(([kind, item]) => {
      return readOperation(kind, item) ?? []
    })
    return { kind: 'patch', operations, malformed: items.length - operations.length, isCut }
  }
  const reason = hasJson ? 'its JSON has none of the names asked for' : 'there is no JSON in it'
  return { kind: 'unreadable', reason }
}

const CUT: ReadAnswer = { kind: 'unreadable', reason: 'it broke off before its first item' }

/** The JSON values of a text, those behind fences first. */
function* valuesIn(text: string): Generator<{ value: unknown; isWhole: boolean }> {
  let tries = 0
  let at = text.indexOf('```') === -1 ? 0 : text.indexOf('```')
  const from = at
  for (let pass = 0; pass < 2; pass++) {
    while (tries < MAX_STARTS) {
      const start = nextStart(text, at)
      if (start === -1) break
      tries += 1
      const found = parseLoosely(text, start)
      if (found && typeof found.value === 'object' && found.value !== null) {
        yield found
        at = Math.max(found.end, start + 1)
      } else at = start + 1
    }
    if (from === 0) return
    at = 0
  }
}

function nextStart(text: string, from: number): number {
  const [object, list] = [text.indexOf('{', from), text.indexOf('[', from)]
  if (object === -1 || list === -1) return Math.max(object, list)
  return Math.min(object, list)
}

type Item = readonly [kind: Kind | undefined, item: unknown]

/** The operations of a value; undefined if it is no patch. */
function itemsOf(value: unknown, depth: number): readonly Item[] | undefined {
  if (depth > MAX_DEPTH) return undefined
  if (typeof value === 'string' && depth > 0) return itemsOf(parseNested(value), depth + 1)
  if (Array.isArray(value)) return listedItems(value)
  if (typeof value !== 'object' || value === null) return undefined
  const fields: Fields = { ...value }
  const named = KINDS.filter((kind) => fields[kind] !== undefined)
  if (named.length > 0 && typeof fields['add'] !== 'string') {
    return named.flatMap((kind) => listOf(fields[kind]).map((item): Item => [kind, item]))
  }
  if (isItem(value)) return [[undefined, value]]
  for (const inner of Object.values(fields).slice(0, 20)) {
    const items = itemsOf(inner, depth + 1)
    if (items !== undefined) return items
  }
  return undefined
}

function parseNested(text: string): unknown {
  const start = nextStart(text, 0)
  return start === -1 || start > 200 ? undefined : parseLoosely(text, start)?.value
}

/** A list counts if any of its first items looks like an operation, or if it has none. */
function listedItems(list: readonly unknown[]): readonly Item[] | undefined {
  if (list.length > 0 && !list.slice(0, 20).some(isItem)) return undefined
  return list.map((item) => [undefined, item])
}

function isItem(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false
  return 'text' in item || ('line' in item && ('sources' in item || 'reason' in item))
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (value === null) return []
  return typeof value === 'string' && /^\s*(?:none)?\s*$/i.test(value) ? [] : [value]
}

function readOperation(given: Kind | undefined, item: unknown): ReadOperation | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  const fields: Fields = { ...item }
  const kind = given ?? kindOf(fields)
  const text = fields['text']
  const line = lineName(fields['line'] ?? fields['id'])
  const sources = sourcesIn(fields['sources'] ?? fields['source'])
  switch (kind) {
    case 'add': {
      if (typeof text !== 'string') return undefined
      const section = fields['section']
      return { kind, text, sources, ...(typeof section === 'string' ? { section } : {}) }
    }
    case 'supersede':
      return typeof text === 'string' && line !== '' ? { kind, line, text, sources } : undefined
    case 'resolve':
      return line === '' ? undefined : { kind, line, sources }
    case 'drop': {
      const reason = fields['reason']
      return line === ''
        ? undefined
        : { kind, line, reason: typeof reason === 'string' ? reason.slice(0, 300) : '' }
    }
  }
}

/** The kind that an item of a list says it has, or that follows from its fields. */
function kindOf(fields: Fields): Kind {
  const said = fields['do'] ?? fields['op'] ?? fields['kind'] ?? fields['type']
  const known = KINDS.find((kind) => kind === said)
  if (known !== undefined) return known
  if (fields['line'] === undefined) return 'add'
  if (typeof fields['text'] === 'string') return 'supersede'
  return fields['reason'] === undefined ? 'resolve' : 'drop'
}

function lineName(value: unknown): string {
  if (typeof value === 'number') return `n${value}`
  return typeof value === 'string'
    ? value
        .trim()
        .replace(/^\[|\]$/g, '')
        .slice(0, 20)
    : ''
}

/** Numbers of messages, however they are written: 12, "12", "#12", "[12]", or one alone. */
function sourcesIn(value: unknown): readonly Seq[] {
  const given: readonly unknown[] = Array.isArray(value) ? value.slice(0, 200) : [value]
  return given.flatMap((one): readonly Seq[] => {
    if (typeof one === 'number') return [one]
    if (typeof one !== 'string') return one === undefined || one === null ? [] : [Number.NaN]
    const numbers = one.slice(0, 400).match(/\d{1,9}/g) ?? []
    return numbers.length === 0 ? [Number.NaN] : numbers.map(Number)
  })
}
