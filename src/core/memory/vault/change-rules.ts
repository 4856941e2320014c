import { digestLine } from '../../compaction/digest-lines.ts'
import { oneLine } from '../../compaction/digest-text.ts'
import type { Snapshotted, Write } from '../../ports/session-store.ts'
import { ROW_SCHEMA, type SessionRow } from '../../session/session-row.ts'
import { openActions } from '../memory-action.ts'
import { allRules } from './rule-entry.ts'
import { isRuleLine, VAULT_BOUNDS, type RuleOrigin, type RuleRow } from './rule-row.ts'
import { isSameRule, renderRule, settleRules, withStatus } from './settle-rules.ts'

/** What a person does to the rules of a session. */
export type RuleCommand =
  | { readonly do: 'add'; readonly text: string; readonly isPinned?: boolean }
  /** Null: as it was said again. */
  | { readonly do: 'edit'; readonly rule: string; readonly text: string | null }
  | { readonly do: 'remove' | 'restore' | 'pin' | 'unpin'; readonly rule: string }
  /** Decides on what a model proposed, by the number of its memory action. */
  | { readonly do: 'accept' | 'refuse'; readonly proposal: number }

export type RuleChanged =
  /** `rule`: the rule that was changed; none where a proposal was refused. */
  | { readonly kind: 'changed'; readonly rule: string | undefined; readonly detail: string }
  | { readonly kind: 'refused'; readonly reason: string }

interface Decided {
  readonly writes: readonly Write[]
  readonly outcome: RuleChanged
}

/** What a command makes of a rule. */
type Step = { readonly row: RuleRow; readonly detail: string } | { readonly reason: string }

/**
 * Carries out what a person wants of a rule. The quote never changes: what the person writes stands beside it.
 *
 * Pure and total. Only rows of the vault are written; the context follows with the next fold, or a candidate made
 * for it.
 *
 * @param read - With `head`, `tail`, `pins`, `rules` and `notes`.
 * @see SPEC.md rules VAULT6, VAULT7, VAULT13, VAULT14
 */
export function changeRules(
  read: Snapshotted,
  command: RuleCommand,
  count: (text: string) => number,
  now: number,
): Decided {
  const { session } = read
  if (!session) return refuse('the session does not exist')
  const rows = allRules(read, session)
  if ('proposal' in command) {
    return decideProposal(read, session, rows, command, now)
  }
  const step =
    command.do === 'add'
      ? addRule(session, rows, command.text, 'person')
      : changeRule(session, rows, command)
  if ('reason' in step) return refuse(step.reason)
  const isToPin = command.do === 'pin' || (command.do === 'add' && command.isPinned === true)
  const row = isToPin ? { ...step.row, isPinned: true } : step.row
  if (isToPin && !fitsPins(session, rows, row, count)) {
    const most = Math.floor(session.policy.budget.tokens * VAULT_BOUNDS.pinShare)
    return refuse(`pinned rules may take ${most} tokens: unpin another first`)
  }
  const isKnown = rows.some(({ id }) => id === row.id)
  if (!isKnown && rows.length >= VAULT_BOUNDS.rules) return refuse('the vault is full')
  return changed(read, session, row, step.detail)
}

function changeRule(
  session: SessionRow,
  rows: readonly RuleRow[],
  command: Extract<RuleCommand, { readonly rule: string }>,
): Step {
  const row = rows.find(({ id }) => id === command.rule)
  if (!row) return { reason: `there is no rule ${String(command.rule)}` }
  const decidedAt = session.nextSeq - 1
  switch (command.do) {
    case 'edit': {
      const { edited: _, ...said } = row
      if (command.text === null) {
        if (row.edited === undefined) return { reason: 'it was not edited' }
        return { row: { ...said, decidedAt }, detail: 'It is as it was said again.' }
      }
      const text = cleaned(command.text)
      if (typeof text !== 'string') return text
      if (text === row.quote)
        return { row: { ...said, decidedAt }, detail: 'It is as it was said.' }
      return { row: { ...row, edited: text, decidedAt }, detail: 'The rule is edited.' }
    }
    case 'remove':
      if (row.status === 'removed') return { reason: 'it is removed already' }
      return {
        row: { ...withStatus(row, 'removed'), isPinned: false, decidedAt },
        detail: 'The rule is removed; it stays in the vault.',
      }
    case 'restore':
      if (row.status === 'in-force') return { reason: 'it is in force' }
      return { row: { ...withStatus(row, 'in-force'), decidedAt }, detail: 'It is in force again.' }
    case 'pin':
      if (row.isPinned) return { reason: 'it is pinned already' }
      if (row.status === 'removed') return { reason: 'it is removed: restore it first' }
      return {
        row: withStatus(row, 'in-force'),
        detail: 'The rule is pinned: no digest goes without it.',
      }
    case 'unpin':
      if (!row.isPinned) return { reason: 'it is not pinned' }
      return { row: { ...row, isPinned: false }, detail: 'The rule is pinned no longer.' }
    default:
      return { reason: 'there is no such command' }
  }
}

/** A rule that a person wants, which may have been said, or removed, before. */
function addRule(
  session: SessionRow,
  rows: readonly RuleRow[],
  given: string,
  origin: Exclude<RuleOrigin, 'extracted'>,
): Step {
  const text = cleaned(given)
  if (typeof text !== 'string') return text
  const id = digestLine('rules', `“${text}”`, 1, 0).id
  const newest = session.nextSeq - 1
  const known = rows.find((row) => row.id === id)
  if (known?.status === 'in-force') return { reason: `that rule is in force, as ${id}` }
  if (known) {
    const row = { ...withStatus(known, 'in-force'), decidedAt: newest }
    return { row, detail: 'The rule was known, and is in force again.' }
  }
  const added = rows.filter((row) => row.origin !== 'extracted').length
  if (added >= VAULT_BOUNDS.added)
    return { reason: `at most ${VAULT_BOUNDS.added} rules can be added` }
  const row: RuleRow = {
    session: session.id,
    id,
    schema: ROW_SCHEMA,
    kind: 'rule',
    quote: text,
    // A line needs a source: the newest message there is, or the one that is to come.
    sources: [Math.max(1, newest)],
    origin,
    status: 'in-force',
    isPinned: false,
  }
  return { row, detail: 'The rule is added.' }
}

function decideProposal(
  read: Snapshotted,
  session: SessionRow,
  rows: readonly RuleRow[],
  command: Extract<RuleCommand, { readonly proposal: number }>,
  now: number,
): Decided {
  const proposal = openActions(read.notes, 'rule-proposal').find(({ n }) => n === command.proposal)
  if (!proposal) return refuse(`there is no open proposal ${String(command.proposal)}`)
  if (command.do === 'refuse') {
    const row = { ...proposal, status: 'undone', undone: { by: 'person', at: now } } as const
    return {
      writes: [{ table: 'notes', row }],
      outcome: { kind: 'changed', rule: undefined, detail: 'The proposal is refused.' },
    }
  }
  const step = addRule(session, rows, proposal.text, 'proposal')
  if ('reason' in step) return refuse(step.reason)
  const done = changed(read, session, { ...step.row, proposal: proposal.n }, 'It is a rule now.')
  const taken: Write = { table: 'notes', row: { ...proposal, status: 'taken-over' } }
  return { ...done, writes: [...done.writes, taken] }
}

/** Writes a rule, and those of the vault that are in force, or not, because of it. */
function changed(read: Snapshotted, session: SessionRow, row: RuleRow, detail: string): Decided {
  const stored = new Map(read.rules.map((one) => [one.id, one]))
  const others = read.rules.filter(({ id }) => id !== row.id)
  const lines = (read.head?.digest ?? []).filter((line) => isRuleLine(line) && line.id !== row.id)
  const settled = settleRules(session.id, [...others, row], lines)
  const due = settled.filter(
    (one) => one.id === row.id || (stored.has(one.id) && !isSameRule(stored.get(one.id), one)),
  )
  return {
    writes: due.map((one): Write => ({ table: 'rules', row: one })),
    outcome: { kind: 'changed', rule: row.id, detail },
  }
}

function fitsPins(
  session: SessionRow,
  rows: readonly RuleRow[],
  row: RuleRow,
  count: (text: string) => number,
): boolean {
  const pinned = [...rows.filter((one) => one.isPinned && one.id !== row.id), row]
  const tokens = pinned.reduce((sum, one) => sum + count(renderRule(one)), 0)
  return tokens <= session.policy.budget.tokens * VAULT_BOUNDS.pinShare
}

/** What a person wrote, on one line; or why it can't be taken. */
function cleaned(given: unknown): string | { readonly reason: string } {
  if (typeof given !== 'string') return { reason: 'a rule is a text' }
  const text = oneLine(given.slice(0, 10_000).toWellFormed())
  if (text === '') return { reason: 'there is no text' }
  if (text.length <= VAULT_BOUNDS.textLength) return text
  return { reason: `at most ${VAULT_BOUNDS.textLength} characters, got ${text.length}` }
}

function refuse(reason: string): Decided {
  return { writes: [], outcome: { kind: 'refused', reason } }
}
