/** Code of ours may be asked for a function of the browser's, which takes and gives anything. */
type ForeignFunction = (...given: readonly unknown[]) => unknown

/** A property of something foreign; undefined where there is none, or where reading it throws. */
export function peek(thing: unknown, name: string): unknown {
  if (thing === null || (typeof thing !== 'object' && typeof thing !== 'function')) return undefined
  try {
    return (thing as Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined
  }
}

/** Whether something foreign has a method of this name. */
export function hasMethod(thing: unknown, name: string): boolean {
  return typeof peek(thing, name) === 'function'
}

/** Calls a method of something foreign. Rejects where there is none, and with whatever it throws. */
export async function callMethod(
  thing: unknown,
  name: string,
  ...given: readonly unknown[]
): Promise<unknown> {
  const method = peek(thing, name)
  if (typeof method !== 'function') throw new TypeError(`the browser's AI has no ${name}()`)
  return (method as ForeignFunction).apply(thing, [...given])
}

/** The first of these properties that is a finite number from 0 on. */
export function peekNumber(thing: unknown, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = peek(thing, name)
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  }
  return undefined
}

/** What something foreign says of itself, when it was thrown. */
export function peekText(thing: unknown, name: string): string {
  const value = peek(thing, name)
  return typeof value === 'string' ? value.slice(0, 1_000) : ''
}
