import type { RuleEntry, RuleProposal } from '../../core/memory/vault/rule-entry.ts'
import type { ItemAction, ItemStatus, MemoryItem } from './memory-item.ts'

const GROUPS: Readonly<Record<RuleEntry['status'], string>> = {
  'in-force': 'In force',
  superseded: 'Superseded',
  removed: 'Removed',
}

const TITLES: Readonly<Record<RuleEntry['kind'], string>> = {
  rule: 'Rule',
  correction: 'Correction',
}

const ORIGINS: Readonly<Record<RuleEntry['origin'], string>> = {
  extracted: 'said in the session',
  person: 'added by hand',
  proposal: 'proposed by the model, accepted',
}

const PLACES: Readonly<Record<RuleEntry['stands'], string>> = {
  digest: 'in the digest',
  verbatim: 'in the context word for word',
  'left-out': 'left out of the context for lack of room',
  'next-fold': 'in the context from the next fold on',
  nowhere: '',
}

const ORDER: readonly RuleEntry['status'][] = ['in-force', 'superseded', 'removed']

/**
 * Rules as items: those in force first, and of each kind of standing the newest first.
 *
 * @see SPEC.md rule APP65
 */
export function ruleItems(rules: readonly RuleEntry[]): readonly MemoryItem[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  const sorted = rules.toSorted(
    (a, b) =>
      ORDER.indexOf(a.status) - ORDER.indexOf(b.status) ||
      (b.sources.at(-1) ?? 0) - (a.sources.at(-1) ?? 0),
  )
  const quoted = (id: string): readonly string[] => {
    const text = byId.get(id)?.text
    return text === undefined ? [] : [`“${text}”`]
  }
  return sorted.map((rule): MemoryItem => {
    const { id, status, text, quote, supersededBy, supersedes, sources } = rule
    return {
      id,
      group: GROUPS[status] ?? status,
      title: TITLES[rule.kind] ?? rule.kind,
      detail: text,
      sources,
      notes: [
        ORIGINS[rule.origin] ?? '',
        placeOf(rule),
        text === quote ? '' : `Edited; said was “${quote}”`,
        ...(supersededBy === undefined ? [] : quoted(supersededBy)).map(
          (by) => `Replaced by ${by}`,
        ),
        ...supersedes.flatMap(quoted).map((old) => `Replaces ${old}`),
      ].filter((note) => note !== ''),
      status: statusOf(rule),
      actions: actionsOf(rule),
      editable: { edit: text },
      ...(rule.stands === 'digest' ? { lines: [id] } : {}),
    }
  })
}

/**
 * What models propose as rules, for the person to decide on.
 *
 * @see SPEC.md rule APP69
 */
export function proposalItems(proposals: readonly RuleProposal[]): readonly MemoryItem[] {
  return proposals.map(({ n, text, seq }): MemoryItem => {
    return {
      id: `${PROPOSAL}${n}`,
      group: 'Proposed by the model',
      title: 'Proposed rule',
      detail: text,
      sources: [],
      notes: [seq === 0 ? 'before the first message' : `proposed after #${seq}`],
      status: { tone: 'plain', text: 'not in force' },
      actions: ['accept', 'refuse'],
    }
  })
}

/** The number of the proposal that an item stands for; null for a rule. */
export function proposalOf({ id }: MemoryItem): number | null {
  return id.startsWith(PROPOSAL) ? Number(id.slice(PROPOSAL.length)) : null
}

const PROPOSAL = 'proposal '

function placeOf({ status, stands }: RuleEntry): string {
  const isGone = status !== 'in-force'
  return isGone && stands === 'digest' ? 'in the digest until the next fold' : PLACES[stands]
}

function statusOf({ status, isPinned }: RuleEntry): ItemStatus | null {
  if (status === 'superseded') return { tone: 'warn', text: 'superseded' }
  if (status === 'removed') return { tone: 'warn', text: 'removed' }
  return isPinned ? { tone: 'good', text: 'pinned' } : null
}

function actionsOf({ status, isPinned, edited }: RuleEntry): readonly ItemAction[] {
  if (status !== 'in-force') return ['restore']
  const revert: readonly ItemAction[] = edited === undefined ? [] : ['revert']
  return ['edit', ...revert, isPinned ? 'unpin' : 'pin', 'remove']
}
