import { createUniqueIds } from './call-ids.ts'

/** A call, or a result, of a format that often gives neither an id. */
export interface NamedCall {
  readonly id?: string | undefined
  readonly name?: string | undefined
}

/** Longest beginning of a name that goes into an id. */
const MAX_NAME = 24

/**
 * Ids of the calls, or of the results, that one message holds: the own ones, else made of the tool's name and
 * its number in the message, so that the n-th result of a tool gets the id of its n-th call.
 */
export function idsOfCalls(calls: readonly NamedCall[]): readonly string[] {
  const unique = createUniqueIds()
  return calls.map(({ id, name }) => id ?? unique.issue(baseOf(name)))
}

function baseOf(name = 'tool'): string {
  return `call_${name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, MAX_NAME)}`
}

/**
 * Ids of the calls that results answer: by id, else by name and order, else by order alone. What answers
 * none of the calls keeps the id that {@link idsOfCalls} would give it.
 *
 * @param calls - What the message before the results calls.
 */
export function idsOfAnswered(
  calls: readonly NamedCall[],
  results: readonly NamedCall[],
): readonly string[] {
  const ids = idsOfCalls(calls)
  const open = new Set(calls.keys())
  const take = (fits: (call: NamedCall, id: string) => boolean): string | undefined => {
    for (const at of open) {
      if (!fits(calls[at] ?? {}, ids[at] ?? '')) continue
      open.delete(at)
      return ids[at]
    }
    return undefined
  }
  const own = idsOfCalls(results)
  const byId = results.map(({ id }) =>
    id === undefined ? undefined : take((_, own) => own === id),
  )
  return results.map(({ id, name }, i) => {
    const found = byId[i]
    if (found !== undefined) return found
    const named = name === undefined ? undefined : take((call) => call.name === name)
    const next = id === undefined && name === undefined ? take(() => true) : undefined
    return named ?? next ?? own[i] ?? ''
  })
}
