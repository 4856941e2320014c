/** Whether everything of a session is as it was written, in words. */
export interface IntegrityWords {
  readonly kind: 'intact' | 'damaged'
  readonly title: string
  /** What is damaged, one sentence each. */
  readonly damages: readonly string[]
}

/** Most damages that are named. */
const MOST_NAMED = 50

/** Reads what `verify()` found, field by field. @see SPEC.md rule HEALTH6 */
export function readIntegrity(found: unknown): IntegrityWords {
  const lists = Object.values(fieldsOf(found)).filter((value): value is readonly unknown[] =>
    Array.isArray(value),
  )
  const all = lists.flat()
  const damages = all.slice(0, MOST_NAMED).map(describe)
  if (all.length > MOST_NAMED) damages.push(`and ${all.length - MOST_NAMED} more`)
  return all.length === 0
    ? { kind: 'intact', title: 'Everything is as it was written.', damages }
    : {
        kind: 'damaged',
        title: `${all.length} ${all.length === 1 ? 'thing is' : 'things are'} damaged. Export what can still be read.`,
        damages,
      }
}

function describe(damage: unknown): string {
  if (typeof damage === 'string') return damage
  const { detail, reason, kind } = fieldsOf(damage)
  return [detail, reason, kind].find((text) => typeof text === 'string') ?? 'something'
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
