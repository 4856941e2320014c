import type { PadScalar } from './pad.ts'

/** A value within JSON that is no list and no object, by its path. */
export interface Leaf {
  readonly path: string
  /** Name of the innermost member; empty where there is none. */
  readonly name: string
  readonly value: PadScalar
}

/** Longest text that is parsed; a longer one is looked at as a whole. */
const MAX_PARSED_LENGTH = 200_000
const MAX_DEPTH = 8
const MAX_NAME_LENGTH = 60

/**
 * The values of a JSON object or list, in order. Undefined for any other text, and for what is nested too deeply,
 * has names too long, or more values than wanted. Total.
 *
 * @param most - Most values; with `cut` the first of them are given instead of none.
 */
export function readLeaves(text: string, most: number, cut: boolean): readonly Leaf[] | undefined {
  if (text.length > MAX_PARSED_LENGTH || !/^\s*[[{]/.test(text)) return undefined
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return undefined
  }
  const leaves: Leaf[] = []
  const isWhole = collect(root, '$', '', 0, leaves, most)
  return isWhole || cut ? leaves : undefined
}

/** Returns false if something was left out. */
function collect(
  value: unknown,
  path: string,
  name: string,
  depth: number,
  leaves: Leaf[],
  most: number,
): boolean {
  if (typeof value === 'object' && value !== null) {
    if (depth >= MAX_DEPTH) return false
    const isList = Array.isArray(value)
    for (const [key, inner] of Object.entries(value)) {
      if (leaves.length >= most || key.length > MAX_NAME_LENGTH) return false
      const innerPath = `${path}${isList ? `[${key}]` : memberOf(key)}`
      if (!collect(inner, innerPath, isList ? name : key, depth + 1, leaves, most)) return false
    }
    return true
  }
  if (leaves.length >= most) return false
  const isScalar =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  leaves.push({ path, name, value: isScalar ? value : null })
  return true
}

/** A member as a step of a JSON path, as `recall_payload` reads it. */
function memberOf(name: string): string {
  if (/^[\w$-]+$/.test(name)) return `.${name}`
  return `['${name.replace(/[\\']/g, (sign) => `\\${sign}`)}']`
}
