import type { Seq } from '../../core/session/message.ts'
import type { MemoryItem } from './memory-item.ts'

/** A fact as the fact set keeps it. */
export interface FactView {
  readonly id: string
  readonly kind: string
  readonly value: string
  /** What it is the value of. */
  readonly label?: string
  readonly sources: readonly Seq[]
  /** Whether a newer value has replaced it. */
  readonly superseded: boolean
}

/**
 * Facts as items, grouped by kind; superseded ones last within their kind, and marked.
 *
 * @see SPEC.md rule APP62
 */
export function factItems(facts: readonly FactView[]): readonly MemoryItem[] {
  const kinds = new Map([...new Set(facts.map(({ kind }) => kind))].map((kind, at) => [kind, at]))
  const sorted = facts.toSorted(
    (a, b) =>
      (kinds.get(a.kind) ?? 0) - (kinds.get(b.kind) ?? 0) ||
      Number(a.superseded) - Number(b.superseded) ||
      (b.sources.at(-1) ?? 0) - (a.sources.at(-1) ?? 0),
  )
  return sorted.map(({ id, kind, value, label, sources, superseded }): MemoryItem => {
    return {
      id,
      group: kind,
      title: label ?? '',
      detail: value,
      sources,
      notes: [],
      status: superseded ? { tone: 'warn', text: 'superseded' } : null,
      actions: superseded ? ['restore'] : ['edit', 'remove'],
      editable: value,
    }
  })
}
