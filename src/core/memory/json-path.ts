import { MAX_SLICE_LENGTH, type Sliced } from './slice.ts'

/** One step of a path: a member, a place in a list, or everything in it. */
type Step = string | number | typeof ALL

const ALL: unique symbol = Symbol('*')

const MAX_PATH_LENGTH = 1_000
/** Most values that a path may stand for. */
const MAX_VALUES = 10_000
/** Members named in a refusal. */
const NAMED_MEMBERS = 12

/**
 * The values that a path leads to in a payload that is JSON, or JSON Lines, which are read as a list.
 *
 * A small subset of JSONPath: `$` (may be left out), `.name`, `['quoted name']`, `[3]`, `[-1]` from the end,
 * `[*]` and `.*` for all. No filters, no descent, no scripts. One value is written as indented JSON, a string
 * as it is; several as one line of JSON each.
 *
 * @see SPEC.md rule REC6
 */
export function followPath(text: string, path: string): Sliced {
  const steps = typeof path === 'string' ? parsePath(path) : undefined
  if (!steps) {
    const reason = `the path must be like $.a['b c'][0][-1][*], got ${String(path).slice(0, 100)}`
    return { kind: 'invalid', reason }
  }
  const root = parsePayload(text)
  if (root === undefined) {
    return { kind: 'invalid', reason: 'the payload is not JSON: take lines or grep' }
  }
  let values: readonly unknown[] = [root]
  let found = 1
  for (const [index, step] of steps.entries()) {
    const next: unknown[] = []
    found = 0
    for (const value of values) {
      for (const child of childrenAt(value, step)) {
        found += 1
        if (next.length < MAX_VALUES) next.push(child)
      }
    }
    if (next.length === 0) return missing(values[0], steps, index)
    values = next
  }
  return writeValues(values, found, steps.includes(ALL))
}

/** The steps of a path; undefined if it is none. */
export function parsePath(path: string): readonly Step[] | undefined {
  if (path.length > MAX_PATH_LENGTH) return undefined
  const steps: Step[] = []
  const step =
    /\.?(?:\*|([^\s.[\]'"*]+))|\.?\[\s*(?:(-?\d{1,15})|(\*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]/y
  const trimmed = path.trim()
  let at = trimmed.startsWith('$') ? 1 : 0
  while (at < trimmed.length) {
    step.lastIndex = at
    const match = step.exec(trimmed)
    // A name directly behind another step needs its dot.
    if (!match || (at > 0 && !/^[.[]/.test(match[0]))) return undefined
    const [, name, index, , single, double] = match
    const quoted = single ?? double
    if (name !== undefined) steps.push(name)
    else if (index !== undefined) steps.push(Number(index))
    else if (quoted !== undefined) steps.push(quoted.replace(/\\(.)/g, (_, sign: string) => sign))
    else steps.push(ALL)
    at = step.lastIndex
  }
  return steps
}

/** Undefined if it is neither JSON nor JSON Lines. */
function parsePayload(text: string): unknown {
  const whole = parseJson(text)
  if (whole !== undefined) return whole
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length < 2) return undefined
  const values: unknown[] = []
  for (const line of lines) {
    const value = parseJson(line)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function childrenAt(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (step === ALL) return Object.values(value)
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value
    const index = typeof step === 'number' ? step : Number.NaN
    const at = index < 0 ? list.length + index : index
    return at in list ? [list[at]] : []
  }
  const name = String(step)
  return Object.hasOwn(value, name) ? [(value as Record<string, unknown>)[name]] : []
}

function missing(value: unknown, steps: readonly Step[], index: number): Sliced {
  const before = `$${steps.slice(0, index).map(writeStep).join('')}`
  const step = writeStep(steps[index] ?? '')
  return { kind: 'missing', reason: `${before} has no ${step}: it is ${describeValue(value)}` }
}

function writeStep(step: Step): string {
  if (step === ALL) return '[*]'
  if (typeof step === 'number') return `[${step}]`
  return /^[\w$-]{1,60}$/.test(step) ? `.${step}` : `['${step.slice(0, 60)}']`
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value !== 'object' || value === null)
    return value === null ? 'null' : `a ${typeof value}`
  const names = Object.keys(value)
  const named = names.slice(0, NAMED_MEMBERS).map((name) => name.slice(0, 60))
  const rest = names.length - named.length
  return `an object with ${named.join(', ') || 'no members'}${rest > 0 ? ` and ${rest} more` : ''}`
}

function writeValues(values: readonly unknown[], found: number, isList: boolean): Sliced {
  const out: string[] = []
  let room = MAX_SLICE_LENGTH
  let cut = 0
  for (const value of values) {
    const written = writeValue(value, isList)
    if (written === undefined) return { kind: 'invalid', reason: 'the value is nested too deeply' }
    if (out.length > 0 && written.length > room) break
    const shown = written.slice(0, room)
    cut += written.length - shown.length
    out.push(shown.toWellFormed())
    room -= shown.length + 1
    if (room <= 0) break
  }
  const text = out.join('\n')
  return { kind: 'sliced', text, unit: 'values', found, shown: out.length, cut }
}

function writeValue(value: unknown, onOneLine: boolean): string | undefined {
  if (typeof value === 'string' && !onOneLine) return value
  try {
    return JSON.stringify(value, null, onOneLine ? 0 : 2)
  } catch {
    // Only nesting deeper than the stack: what was parsed holds nothing else that can't be written.
    return undefined
  }
}
