import type { MemoryAction } from '../../core/memory/memory-action.ts'
import type { ItemStatus, MemoryItem } from './memory-item.ts'
import { fullTokens } from './token-format.ts'

const TITLES: Readonly<Record<MemoryAction['kind'], string>> = {
  note: 'Note',
  'rule-proposal': 'Proposed rule, not in force',
  pin: 'Pin',
  unpin: 'Unpin',
  archive: 'Archive',
}

const STATUSES: Readonly<Record<MemoryAction['status'], ItemStatus | null>> = {
  done: null,
  pending: { tone: 'plain', text: 'takes effect later' },
  'taken-over': { tone: 'good', text: 'yours now' },
  undone: { tone: 'warn', text: 'undone' },
}

/** Most positions or payloads named; the rest is counted. */
const MOST_NAMED = 12

/**
 * What a model did to its memory, in words, the newest first. Only what still holds can be undone.
 *
 * @see SPEC.md rule APP64
 */
export function noteItems(actions: readonly MemoryAction[]): readonly MemoryItem[] {
  return actions.toReversed().map((action): MemoryItem => {
    const holds = action.status === 'done' || action.status === 'pending'
    return {
      id: `action ${action.n}`,
      group: holds ? 'In effect' : 'No longer in effect',
      title: TITLES[action.kind] ?? action.kind,
      detail: detailOf(action),
      sources: sourcesOf(action),
      notes: [whenOf(action)],
      status: STATUSES[action.status] ?? null,
      actions: holds ? ['undo'] : [],
    }
  })
}

/** The number of the action that an item stands for. */
export function actionOf({ id }: MemoryItem): number {
  return Number(id.slice('action '.length))
}

function detailOf(action: MemoryAction): string {
  switch (action.kind) {
    case 'note':
    case 'rule-proposal':
      return action.text
    case 'pin':
      return `${nameMany(action.seqs.map((seq) => `#${seq}`))} (${fullTokens(action.tokens)} tokens)`
    case 'unpin':
      return nameMany(action.seqs.map((seq) => `#${seq}`))
    case 'archive': {
      const { upTo, payloads, generation } = action
      const what =
        upTo === undefined
          ? `Payloads of ${nameMany(payloads.map(({ seq, part }) => `#${seq}, part ${part}`))}`
          : `Everything up to #${upTo}`
      return generation === undefined ? what : `${what}, as generation ${generation}`
    }
  }
}

/** Pins and archives are about messages; notes are from where they were written. */
function sourcesOf(action: MemoryAction): readonly number[] {
  if (action.kind === 'pin' || action.kind === 'unpin') return action.seqs
  if (action.kind === 'archive' && action.payloads.length > 0)
    return [...new Set(action.payloads.map(({ seq }) => seq))].sort((a, b) => a - b)
  return action.seq > 0 ? [action.seq] : []
}

function whenOf({ n, turn, undone }: MemoryAction): string {
  const when = `Action ${n}, in turn ${turn}`
  return undone === undefined
    ? when
    : `${when}; undone by ${undone.by === 'person' ? 'a person' : 'the model'}`
}

function nameMany(names: readonly string[]): string {
  if (names.length === 0) return 'nothing'
  const rest = names.length - MOST_NAMED
  return names.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
