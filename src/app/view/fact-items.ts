import type { FactKind } from '../../core/memory/facts/fact.ts'
import type { FactEntry } from '../../core/memory/facts/fact-entry.ts'
import type { ItemAction, ItemStatus, MemoryItem } from './memory-item.ts'

/** Headings of the kinds, in the order in which people look for them. */
const KINDS: Readonly<Record<FactKind, string>> = {
  decision: 'Decisions',
  slot: 'State',
  note: 'Facts',
  change: 'Changes',
  command: 'Commands',
  error: 'Errors',
  identifier: 'Identifiers',
  path: 'Paths',
  url: 'Addresses',
  amount: 'Amounts',
  date: 'Dates',
  name: 'Names',
}

const ORDER = Object.keys(KINDS)

const STATUSES: Readonly<Record<FactEntry['status'], ItemStatus | null>> = {
  current: null,
  superseded: { tone: 'warn', text: 'superseded' },
  removed: { tone: 'warn', text: 'removed' },
}

/**
 * Facts as items, grouped by kind; those that do not hold last within their kind, and marked.
 *
 * @param inDigest - Ids of the lines of the digest, whose sources can be shown.
 * @see SPEC.md rule APP62
 */
export function factItems(
  facts: readonly FactEntry[],
  inDigest: ReadonlySet<string>,
): readonly MemoryItem[] {
  const values = new Map(facts.map(({ id, value }) => [id, value]))
  const sorted = facts.toSorted(
    (a, b) =>
      ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
      Number(a.status !== 'current') - Number(b.status !== 'current') ||
      (b.sources.at(-1) ?? 0) - (a.sources.at(-1) ?? 0),
  )
  const named = new Map<string, number>()
  return sorted.map((fact): MemoryItem => {
    const { id, kind, value, subject, sources, status, supersededBy, found } = fact
    // Two former values may come from one message, and have one id then.
    const before = named.get(id) ?? 0
    named.set(id, before + 1)
    const next = supersededBy === undefined ? undefined : values.get(supersededBy)
    return {
      id: before === 0 ? id : `${id} ${before}`,
      group: KINDS[kind] ?? kind,
      title: subject,
      detail: value,
      sources,
      notes: [
        ...(found === undefined ? [] : [`Corrected; found was “${found}”`]),
        ...(next === undefined ? [] : [`Replaced by “${next}”`]),
      ],
      status: STATUSES[status] ?? null,
      actions: actionsOf(fact),
      editable: { edit: value },
      ...(inDigest.has(id) ? { lines: [id] } : {}),
    }
  })
}

function actionsOf({ isEditable, status, found }: FactEntry): readonly ItemAction[] {
  if (!isEditable) return []
  if (status === 'removed') return ['restore']
  return found === undefined ? ['edit', 'remove'] : ['edit', 'revert', 'remove']
}
