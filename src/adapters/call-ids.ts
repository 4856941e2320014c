/** Issues ids of which no two are the same. */
export interface UniqueIds {
  /** The id itself the first time, then one like it. Each answer is given once. */
  issue(id: string): string
}

/** Keeps ids unique. The n-th use of an id always gets the same one, so what came before never changes. */
export function createUniqueIds(): UniqueIds {
  const used = new Set<string>()
  const repeats = new Map<string, number>()
  return {
    issue: (base) => {
      let issued = base
      let n = repeats.get(base) ?? 1
      while (used.has(issued)) issued = `${base}_${++n}`
      repeats.set(base, n)
      used.add(issued)
      return issued
    },
  }
}

/**
 * Keeps ids of the tool calls of one request unique and in the characters that the Messages API
 * takes, as ids that come from other servers may be neither. Calls are numbered by their order, so
 * the same log always gives the same ids.
 */
export function createCallIds(): UniqueIds {
  const unique = createUniqueIds()
  return { issue: (id) => unique.issue(id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call') }
}
