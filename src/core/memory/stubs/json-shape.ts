import { firstLines } from './each-line.ts'
import { MAX_ROWS, plural, row, type Shape, type ShapeRow } from './shape.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** Items of an array that its schema is read from. */
const SAMPLE = 50
const MAX_DEPTH = 3
/** Keys named of one object. */
const MAX_KEYS = 40

/** Keys, types and lengths of JSON, with the values that are short. Bounded whatever the value is. */
export function jsonShape(value: unknown, isCut: boolean): Shape {
  const rows: ShapeRow[] = []
  if (Array.isArray(value)) addArray(rows, '', value, 0)
  else if (isObject(value)) addObject(rows, '', value, 0)
  else rows.push(row(show(value), 50))
  return { summary: `JSON ${describe(value)}${isCut ? ', cut off' : ''}`, rows }
}

/** JSON Lines: how many, what each has, and the first. */
export function ndjsonShape(text: string, lines: number): Shape {
  const values = firstLines(text, SAMPLE, 200_000).flatMap(parseOrNothing)
  const rows: ShapeRow[] = []
  addArray(rows, '', values, 0)
  return { summary: `JSON Lines, ${plural(lines, 'line')} ${schemaOf(values)}`.trim(), rows }
}

function parseOrNothing(line: string): readonly unknown[] {
  try {
    return [JSON.parse(line) as unknown]
  } catch {
    return []
  }
}

function addObject(rows: ShapeRow[], path: string, value: JsonObject, depth: number): void {
  let named = 0
  for (const key of Object.keys(value)) {
    if (rows.length >= MAX_ROWS || named >= MAX_KEYS) return
    named += 1
    addValue(rows, path === '' ? key : `${path}.${key}`, value[key], depth)
  }
}

function addArray(rows: ShapeRow[], path: string, items: readonly unknown[], depth: number): void {
  const objects = items.slice(0, SAMPLE).filter(isObject)
  if (objects.length > 0) {
    rows.push(row(`${path}[]: ${fieldsOf(objects)}`, 90 - depth * 12))
  }
  items.slice(0, 3).forEach((item, index) => {
    if (rows.length >= MAX_ROWS) return
    const name = `${path}[${index}]`
    const worth = 70 - depth * 12 - index * 15
    if (isObject(item)) rows.push(row(`${name} ${inline(item)}`, worth))
    else addValue(rows, name, item, depth + 1)
  })
}

function addValue(rows: ShapeRow[], path: string, value: unknown, depth: number): void {
  const isNested = Array.isArray(value) || isObject(value)
  const worth = (isNested ? 75 : 80) - depth * 12
  rows.push(row(`${path}: ${isNested ? describe(value) : show(value)}`, worth))
  if (depth >= MAX_DEPTH) return
  if (Array.isArray(value)) addArray(rows, path, value, depth + 1)
  else if (isObject(value)) addObject(rows, path, value, depth + 1)
}

function describe(value: unknown): string {
  if (Array.isArray(value))
    return `array, ${plural(value.length, 'item')} ${schemaOf(value)}`.trim()
  if (isObject(value)) {
    const keys = Object.keys(value)
    const named = keys.slice(0, 8).map((key) => key.slice(0, 40))
    const more = keys.length > named.length ? ', …' : ''
    return `object, ${plural(keys.length, 'key')} {${named.join(', ')}${more}}`
  }
  return typeName(value)
}

/** The keys of an array's objects, in order of first appearance. */
function schemaOf(items: readonly unknown[]): string {
  const keys = new Set<string>()
  for (const item of items.slice(0, SAMPLE)) {
    if (!isObject(item)) continue
    for (const key of Object.keys(item).slice(0, MAX_KEYS)) keys.add(key.slice(0, 40))
  }
  if (keys.size === 0) return ''
  const named = [...keys].slice(0, 8)
  return `{${named.join(', ')}${keys.size > named.length ? ', …' : ''}}`
}

/** `id number, name string, tags? array`; a question mark where not every object has it. */
function fieldsOf(objects: readonly JsonObject[]): string {
  const fields = new Map<string, { readonly kinds: Set<string>; seen: number }>()
  for (const object of objects) {
    for (const key of Object.keys(object).slice(0, MAX_KEYS)) {
      const field = fields.get(key) ?? { kinds: new Set<string>(), seen: 0 }
      field.kinds.add(typeName(object[key]))
      field.seen += 1
      fields.set(key, field)
    }
  }
  return [...fields]
    .slice(0, 16)
    .map(([key, { kinds, seen }]) => {
      const mark = seen < objects.length ? '?' : ''
      return `${key.slice(0, 40)}${mark} ${[...kinds].join('|')}`
    })
    .join(', ')
}

/** An object on one line, its nested values by their size only. */
function inline(object: JsonObject): string {
  const fields = Object.keys(object)
    .slice(0, 12)
    .map((key) => `${key.slice(0, 40)}: ${showShort(object[key])}`)
  return `{${fields.join(', ')}}`
}

function showShort(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`
  if (isObject(value)) return '{…}'
  return show(value).slice(0, 60)
}

function show(value: unknown): string {
  if (typeof value !== 'string') return Array.isArray(value) ? describe(value) : String(value)
  const start = value.slice(0, 120)
  return value.length > 120 ? `"${start}…" (${plural(value.length, 'character')})` : `"${start}"`
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
