import { textOf, type Draft } from '../../core/session/message.ts'
import { createUniqueIds } from '../call-ids.ts'
import { flagHistory } from './flag-history.ts'
import { inOrder, type Flag, type Repair } from './history-findings.ts'
import { leaveOutCopies } from './leave-out-copies.ts'
import { repairExchanges } from './repair-exchanges.ts'

/** A history that every provider takes, with what was done for that and what stands out in it. */
export interface RepairedHistory {
  readonly drafts: readonly Draft[]
  /** What was changed, in the order of the history. Empty if nothing was. */
  readonly repairs: readonly Repair[]
  /** What was noticed and left as it is. */
  readonly flags: readonly Flag[]
}

/** How a history is repaired. */
export interface RepairOptions {
  /**
   * What becomes of calls at the very end that have no result. `close` (the default) puts a result
   * that says so, because whoever ran the tool is gone. Only a host that will still append the results
   * may `keep` them open.
   */
  readonly openCalls?: 'close' | 'keep'
}

/**
 * Makes a history legal that another tool has damaged.
 *
 * Nothing that a person, a model or a tool wrote is lost: what is left out is empty or stands in the
 * history already. A result without a call gets a call before it and stays a result, so that a
 * tool's words never turn into a person's. Pure and total; repairing again changes nothing. Without
 * damage the very same array comes back. Messages are never ordered by their times.
 *
 * @see SPEC.md rules HEAL1–HEAL13
 */
export function repairHistory(
  drafts: readonly Draft[],
  { openCalls = 'close' }: RepairOptions = {},
): RepairedHistory {
  const repairs: Repair[] = []
  const flags: Flag[] = []
  const messageIds = createUniqueIds()
  const kept = leaveOutCopies(drafts, messageIds, repairs)
  const placed = kept.map(({ draft, at }) => ({ draft: asResult(draft), at }))
  const keepPending = openCalls === 'keep'
  const repaired = repairExchanges(placed, { repairs, flags, messageIds, keepPending })
  flags.push(...flagHistory(kept, repaired))
  return {
    drafts: repairs.length === 0 ? drafts : repaired.map(({ draft }) => draft),
    repairs: inOrder(repairs),
    flags: inOrder(flags),
  }
}

/** What a tool says without naming a call is a result all the same; without an id it has no call. */
function asResult(draft: Draft): Draft {
  if (draft.role !== 'tool' || draft.parts.some(({ type }) => type === 'tool-result')) return draft
  const { wire, ...rest } = draft
  void wire
  const others = draft.parts.filter(({ type }) => type === 'image' || type === 'file')
  const said = { parts: draft.parts.filter((part) => !others.includes(part)) }
  return { ...rest, parts: [{ type: 'tool-result', callId: '', output: textOf(said) }, ...others] }
}
