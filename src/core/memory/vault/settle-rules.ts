import { ROW_SCHEMA } from '../../session/session-row.ts'
import type { DigestLine } from '../../session/generation.ts'
import { digestLine } from '../../compaction/digest-lines.ts'
import type { Seq } from '../../session/message.ts'
import {
  isRuleLine,
  newestSaid,
  ruleText,
  VAULT_BOUNDS,
  type RuleRow,
  type RuleStatus,
} from './rule-row.ts'
import { readRule, supersedes, type ReadRule } from './supersedes.ts'

/** Worth of a rule's line: only for rules a digest may grow. */
const SALIENCE = 100
/** Newest statements that are looked at for what they take the place of. */
const MAX_LATER = 300

/**
 * The vault with what a stretch of the session says: new rules get a row, known ones the messages that say them
 * again, one that was removed and is said again is in force again, and what a later one replaces is superseded.
 *
 * Pure, and the same rows and lines always give the same rows. What a person decided stands.
 *
 * @param lines - Lines of rules and corrections, merged; all others are passed over.
 * @see SPEC.md rules VAULT1–VAULT4, VAULT9
 */
export function settleRules(
  session: string,
  rows: readonly RuleRow[],
  lines: readonly DigestLine[],
): readonly RuleRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  for (const line of lines) {
    if (!isRuleLine(line)) continue
    const known = byId.get(line.id)
    if (known) byId.set(line.id, saidAgain(known, line.sources))
    else if (byId.size < VAULT_BOUNDS.rules) byId.set(line.id, rowOf(session, line))
  }
  return superseding([...byId.values()])
}

/** The line by which a digest renders a rule that is in force; none if no covered message says it. */
export function ruleLine(row: RuleRow, mark: Seq): DigestLine | undefined {
  const covered = row.sources.filter((seq) => seq <= mark)
  // What a person wrote holds whatever is covered: it stands on the newest message that is.
  const isOfPerson = row.origin !== 'extracted' || row.edited !== undefined
  const sources = covered.length > 0 || !isOfPerson ? covered : [mark]
  const first = sources[0]
  if (row.status !== 'in-force' || first === undefined || first < 1) return undefined
  const section = row.kind === 'rule' ? 'rules' : 'corrections'
  const line = digestLine(section, renderRule(row), first, SALIENCE)
  return { ...line, id: row.id, sources }
}

/** A rule as the model reads it: always quoted, and marked where a person has written it. */
export function renderRule(row: Pick<RuleRow, 'quote' | 'edited' | 'origin'>): string {
  return `“${ruleText(row)}”${MARKS[row.edited === undefined ? row.origin : 'edited']}`
}

const MARKS = {
  extracted: '',
  person: ' (added by the person)',
  proposal: ' (proposed by the assistant, accepted by the person)',
  edited: ' (as edited by the person)',
} as const

/** The rule of a digest line that has no row: of a generation from before there was a vault, or above the mark. */
function rowOf(session: string, { id, section, text, sources }: DigestLine): RuleRow {
  const quote = text.startsWith('“') && text.endsWith('”') ? text.slice(1, -1) : text
  return {
    session,
    id,
    schema: ROW_SCHEMA,
    kind: section === 'corrections' ? 'correction' : 'rule',
    quote,
    sources,
    origin: 'extracted',
    status: 'in-force',
    isPinned: false,
  }
}

/** Whether two rows say the same, so that one need not be written over the other. */
export function isSameRule(a: RuleRow | undefined, b: RuleRow): boolean {
  return (
    a !== undefined &&
    a.status === b.status &&
    a.supersededBy === b.supersededBy &&
    a.edited === b.edited &&
    a.isPinned === b.isPinned &&
    a.decidedAt === b.decidedAt &&
    a.origin === b.origin &&
    a.sources.join() === b.sources.join()
  )
}

/**
 * The rows that a candidate leads to, over the vault as it is by now: what a person has decided since it was
 * composed stands, and only the messages that say a rule are added to.
 *
 * @see SPEC.md rules VAULT1, VAULT9
 */
export function mergeRules(
  stored: readonly RuleRow[],
  composed: readonly RuleRow[],
): readonly RuleRow[] {
  const byId = new Map(stored.map((row) => [row.id, row]))
  return composed.flatMap((row) => {
    const own = byId.get(row.id)
    const merged = own ? mergeRule(own, row) : row
    return isSameRule(own, merged) ? [] : merged
  })
}

function mergeRule(stored: RuleRow, composed: RuleRow): RuleRow {
  const sources = joinSources(stored.sources, composed.sources)
  if (stored.decidedAt !== composed.decidedAt || stored.isPinned !== composed.isPinned) {
    return { ...stored, sources }
  }
  return withStatus({ ...stored, sources }, composed.status, composed.supersededBy)
}

function saidAgain(row: RuleRow, said: readonly Seq[]): RuleRow {
  const sources = joinSources(row.sources, said)
  const isAnew = row.status === 'removed' && (said.at(-1) ?? 0) > (row.decidedAt ?? 0)
  return isAnew ? withStatus({ ...row, sources }, 'in-force') : { ...row, sources }
}

/**
 * The rules with what supersedes what, worked out anew: one whose successor was removed is in force again. Those of which
 * nothing changes are the very same.
 */
export function superseding(rows: readonly RuleRow[]): readonly RuleRow[] {
  const read = new Map<string, ReadRule>()
  const present = rows
    .filter(({ status }) => status !== 'removed')
    .toSorted((a, b) => newestSaid(a) - newestSaid(b) || (a.id < b.id ? -1 : 1))
  for (const row of present) read.set(row.id, readRule(ruleText(row)))
  const successors = new Map<string, string>()
  const first = Math.max(0, present.length - MAX_LATER)
  present.forEach((later, index) => {
    const statement = read.get(later.id)
    if (index < first || !statement || statement.isPassing) return
    for (const earlier of present.slice(0, index)) {
      const rule = read.get(earlier.id)
      if (!rule || earlier.isPinned || newestSaid(later) <= decisionOf(earlier)) continue
      if (newestSaid(later) > newestSaid(earlier) && supersedes(statement, rule)) {
        successors.set(earlier.id, later.id)
      }
    }
  })
  return rows.map((row) => {
    if (row.status === 'removed') return row
    const successor = successors.get(row.id)
    return successor === undefined
      ? withStatus(row, 'in-force')
      : withStatus(row, 'superseded', successor)
  })
}

function decisionOf({ decidedAt }: RuleRow): Seq {
  return decidedAt ?? 0
}

/** The row with another status, or the very same one. */
export function withStatus(row: RuleRow, status: RuleStatus, supersededBy?: string): RuleRow {
  if (row.status === status && row.supersededBy === supersededBy) return row
  const { supersededBy: _, ...rest } = row
  return { ...rest, status, ...(supersededBy === undefined ? {} : { supersededBy }) }
}

function joinSources(known: readonly Seq[], said: readonly Seq[]): readonly Seq[] {
  if (said.every((seq) => known.includes(seq))) return known
  const sources = [...new Set([...known, ...said])].toSorted((a, b) => a - b)
  const most = VAULT_BOUNDS.sources
  return sources.length <= most ? sources : [...sources.slice(0, 1), ...sources.slice(1 - most)]
}

/**
 * The rows that a branch changes: messages that left the active path say nothing any more, and what nothing says
 * is in force no longer. What a person added stays.
 *
 * @param gone - Positions that left the active path.
 * @see SPEC.md rule VAULT10
 */
export function leaveRulesBehind(
  rows: readonly RuleRow[],
  gone: ReadonlySet<Seq>,
): readonly RuleRow[] {
  const after = rows.map((row) => leaveRule(row, (seq) => gone.has(seq)))
  const before = new Map(rows.map((row) => [row.id, row]))
  return superseding(after).filter((row) => !isSameRule(before.get(row.id), row))
}

/**
 * A rule without the messages that have left the active path; the very same where none of them has. What nothing says any
 * more is in force no longer.
 *
 * @see SPEC.md rule VAULT10
 */
export function leaveRule(row: RuleRow, isGone: (seq: Seq) => boolean): RuleRow {
  if (row.origin !== 'extracted' || !row.sources.some(isGone)) return row
  const sources = row.sources.filter((seq) => !isGone(seq))
  if (sources.length > 0) return { ...row, sources }
  // Its sources stay, because they are where it was said.
  if (row.status === 'removed') return row
  return { ...withStatus(row, 'removed'), decidedAt: newestSaid(row) }
}
