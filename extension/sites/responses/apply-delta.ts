import { isJsonObject, listOf, stringOf, type JsonObject } from '../../../src/adapters/copy-json.ts'

/** A value that grows by what a stream says of it. */
export interface Growing {
  value: unknown
}

/** A step of a stream: where, what is done there, and with what. */
export interface Delta {
  readonly path: string
  readonly op: string
  readonly value: unknown
}

/** Deepest place that a step can name. */
const MAX_DEPTH = 16
/** Most items of a list that steps make. */
const MAX_ITEMS = 20_000

/** Names that reach behind an object. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Applies a step to a value, in place: paths are names and positions between slashes, with or without one in front;
 * −1 is the last of a list. Steps that lead nowhere do nothing. Total; as long as what it adds.
 *
 * Used by ChatGPT (delta encoding v1: add, replace, append, patch, remove, truncate), DeepSeek (SET, APPEND, BATCH)
 * and Perplexity (JSON patch).
 */
export function applyDelta(target: Growing, { path, op, value }: Delta, depth = 0): void {
  const kind = op.toLowerCase()
  if (kind === 'patch' || kind === 'batch') {
    if (depth > 3) return
    for (const step of listOf(value)) {
      if (!isJsonObject(step)) continue
      const inner = `${path}/${stringOf(step['p'])}`
      const named = stringOf(step['o'])
      applyDelta(target, { path: inner, op: named || usualOp(inner), value: step['v'] }, depth + 1)
    }
    return
  }
  const names = path
    .slice(0, 1_000)
    .split('/')
    .filter((name) => name !== '')
  if (names.length > MAX_DEPTH || names.some((name) => FORBIDDEN.has(name))) return
  const last = names.pop()
  if (last === undefined) {
    target.value = changed(target.value, kind, value)
    return
  }
  const owner = walk(target.value, names)
  if (Array.isArray(owner)) changeItem(owner, last, kind, value)
  else if (isJsonObject(owner)) changeField(owner, last, kind, value)
}

/** What a step that names no op does: texts grow, all else is set. */
export function usualOp(path: string): string {
  return /(?:^|\/)(?:content|thinking_content)$/.test(path) ? 'append' : 'set'
}

function walk(root: unknown, names: readonly string[]): unknown {
  let at = root
  for (const name of names) {
    if (Array.isArray(at)) at = at[positionOf(at, name)] as unknown
    else if (isJsonObject(at) && Object.hasOwn(at, name)) at = at[name]
    else return undefined
  }
  return at
}

/** Past the end for what is no position. */
function positionOf(list: readonly unknown[], name: string): number {
  if (name === '-1') return list.length - 1
  return /^\d{1,6}$/.test(name) ? Number(name) : list.length
}

function changeItem(list: unknown[], name: string, kind: string, value: unknown): void {
  const at = name === '-' ? list.length : positionOf(list, name)
  if (at < 0) return
  if (kind === 'remove') {
    if (at < list.length) list.splice(at, 1)
  } else if (at >= list.length) {
    if (list.length < MAX_ITEMS) list.push(value)
  } else list[at] = changed(list[at], kind === 'add' ? 'set' : kind, value)
}

function changeField(owner: JsonObject, name: string, kind: string, value: unknown): void {
  const own = owner as Record<string, unknown>
  if (kind === 'remove') delete own[name]
  else own[name] = changed(Object.hasOwn(own, name) ? own[name] : undefined, kind, value)
}

function changed(old: unknown, kind: string, value: unknown): unknown {
  if (kind === 'truncate') {
    return typeof old === 'string' && typeof value === 'number' ? old.slice(0, value) : old
  }
  if (kind !== 'append') return value
  if (typeof old === 'string') return typeof value === 'string' ? old + value : old
  if (Array.isArray(old)) {
    const added = Array.isArray(value) ? (value as readonly unknown[]) : [value]
    for (const item of added) if (old.length < MAX_ITEMS) old.push(item)
    return old
  }
  if (isJsonObject(old) && isJsonObject(value)) {
    for (const [name, field] of Object.entries(value)) {
      if (!FORBIDDEN.has(name)) (old as Record<string, unknown>)[name] = field
    }
    return old
  }
  return old ?? value
}
