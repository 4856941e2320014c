import type { Seq } from '../../core/session/message.ts'
import type { ItemAction, ItemStatus, MemoryItem } from './memory-item.ts'

/** A rule as the vault keeps it. */
export interface RuleView {
  readonly id: string
  readonly kind: string
  /** Verbatim, as the user or the system put it. */
  readonly quote: string
  /** What a person made of it; the quote stays. */
  readonly edited?: string
  readonly sources: readonly Seq[]
  readonly status: 'in-force' | 'superseded' | 'removed'
  /** Id of the rule that replaced it. */
  readonly supersededBy?: string
  readonly isPinned: boolean
  readonly origin: 'extracted' | 'person' | 'proposal'
}

const GROUPS: Readonly<Record<RuleView['status'], string>> = {
  'in-force': 'In force',
  superseded: 'Superseded',
  removed: 'Removed',
}

const ORIGINS: Readonly<Record<RuleView['origin'], string>> = {
  extracted: 'said in the session',
  person: 'added by hand',
  proposal: 'proposed by the model, accepted',
}

const ORDER: readonly RuleView['status'][] = ['in-force', 'superseded', 'removed']

/**
 * Rules as items: those in force first, and of each kind of standing the newest first.
 *
 * @see SPEC.md rule APP65
 */
export function ruleItems(rules: readonly RuleView[]): readonly MemoryItem[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  const sorted = rules.toSorted(
    (a, b) =>
      ORDER.indexOf(a.status) - ORDER.indexOf(b.status) ||
      (b.sources.at(-1) ?? 0) - (a.sources.at(-1) ?? 0),
  )
  return sorted.map((rule): MemoryItem => {
    const text = rule.edited ?? rule.quote
    const next = rule.supersededBy === undefined ? undefined : byId.get(rule.supersededBy)
    return {
      id: rule.id,
      group: GROUPS[rule.status] ?? rule.status,
      title: rule.kind.slice(0, 1).toUpperCase() + rule.kind.slice(1),
      detail: text,
      sources: rule.sources,
      notes: [
        ORIGINS[rule.origin] ?? '',
        ...(rule.edited === undefined || rule.edited === rule.quote
          ? []
          : [`Edited; said was “${rule.quote}”`]),
        ...(next === undefined ? [] : [`Replaced by “${next.edited ?? next.quote}”`]),
      ].filter((note) => note !== ''),
      status: statusOf(rule),
      actions: actionsOf(rule),
      editable: text,
    }
  })
}

function statusOf({ status, isPinned }: RuleView): ItemStatus | null {
  if (status === 'superseded') return { tone: 'warn', text: 'superseded' }
  if (status === 'removed') return { tone: 'warn', text: 'removed' }
  return isPinned ? { tone: 'good', text: 'pinned' } : null
}

function actionsOf({ status, isPinned }: RuleView): readonly ItemAction[] {
  if (status !== 'in-force') return ['restore']
  return ['edit', isPinned ? 'unpin' : 'pin', 'remove']
}
