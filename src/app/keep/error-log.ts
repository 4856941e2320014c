/** An error as it is kept: which one and when, nothing of what anybody wrote. */
export interface LoggedError {
  /** Unix time in milliseconds. */
  readonly at: number
  /** A code of Backfold's, or the class of what was thrown. */
  readonly code: string
  /** What was under way, in the app's own words. */
  readonly during: string
}

/** Most errors kept, the newest. */
const MOST_ERRORS = 50
const STORAGE_KEY = 'backfold-errors'

export interface ErrorLog {
  get(): readonly LoggedError[]
  /** Notes what was thrown. Its message is not kept: it may quote what a person wrote. */
  note(thrown: unknown, during: string): void
  clear(): void
  subscribe(listener: () => void): () => void
}

interface TextStorage {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
}

/**
 * The last errors of this browser, the newest first. Where storage is forbidden or full, they last as long as the page.
 *
 * @see SPEC.md rule HEALTH5
 */
export function createErrorLog(storage: TextStorage, now: () => number): ErrorLog {
  const listeners = new Set<() => void>()
  let errors = readLog(attempt(() => storage.getItem(STORAGE_KEY)) ?? '[]')
  const keep = (next: readonly LoggedError[]): void => {
    errors = next
    attempt(() => storage.setItem(STORAGE_KEY, JSON.stringify(next)))
    for (const listener of listeners) listener()
  }
  return {
    get: () => errors,
    note: (thrown, during) =>
      keep([{ at: now(), code: codeOf(thrown), during }, ...errors].slice(0, MOST_ERRORS)),
    clear: () => keep([]),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** A name that is made of letters only holds nothing of a session. */
function codeOf(thrown: unknown): string {
  const { code, name } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as {
    readonly code?: unknown
    readonly name?: unknown
  }
  const found = [code, name].find(
    (text) => typeof text === 'string' && /^[A-Za-z_]{1,40}$/.test(text),
  )
  return typeof found === 'string' ? found : 'UNKNOWN'
}

/** Total: a store may hold anything. */
function readLog(text: string): readonly LoggedError[] {
  const read = attempt((): unknown => JSON.parse(text.length > 100_000 ? '[]' : text))
  if (!Array.isArray(read)) return []
  return read.slice(0, MOST_ERRORS).flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return []
    const { at, code, during } = entry as Readonly<Record<string, unknown>>
    const isError = typeof at === 'number' && typeof code === 'string' && typeof during === 'string'
    return isError ? [{ at, code, during }] : []
  })
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
