/** Issues ids for the tool calls of one request. */
export interface CallIds {
  /** The id itself where the provider takes it, else one like it. Each answer is given once. */
  issue(id: string): string
}

/**
 * Keeps ids unique within a request and in the characters that the Messages API takes, as ids that
 * come from other servers may be neither. Calls are numbered by their order, so the same log always
 * gives the same ids.
 */
export function createCallIds(): CallIds {
  const used = new Set<string>()
  const repeats = new Map<string, number>()
  return {
    issue: (id) => {
      const base = id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call'
      let issued = base
      let n = repeats.get(base) ?? 1
      while (used.has(issued)) issued = `${base}_${++n}`
      repeats.set(base, n)
      used.add(issued)
      return issued
    },
  }
}
