import type { RuleRow } from '../memory/vault/rule-row.ts'
import { leaveRule, superseding } from '../memory/vault/settle-rules.ts'
import type { Message } from '../session/message.ts'
import { rowMark } from './marks.ts'
import type { Taking } from './taking.ts'

/**
 * Messages have left the active path: what only they said is in force no longer. Rules that were changed here and are
 * unsent wait until they are seen, because others will have them as they are said.
 *
 * @see SPEC.md rule SYNC28
 */
export function leaveRules(taking: Taking): void {
  taking.hasRules = true
  for (const rule of allRules(taking)) {
    if (!rowMark(taking.unsent, 'rules', rule.id)) settleSources(taking, rule)
  }
}

/**
 * A rule was said by somebody who may not have heard of all branches by then.
 *
 * @see SPEC.md rule SYNC28
 */
export function settleSources(taking: Taking, rule: RuleRow): void {
  const after = leaveRule(rule, (seq) => isLeft(taking.line.at(seq)))
  if (after !== rule) taking.rows.put({ table: 'rules', row: after })
}

/**
 * Works out anew which rules supersede which, once messages have left the active path: what a rule had taken the place of
 * that was left behind is in force again. Before that all are as they were said.
 *
 * @see SPEC.md rules SYNC28, VAULT10
 */
export function settleRuleStatus(taking: Taking): void {
  if (!taking.hasRules || !taking.line.messages().some(isLeft)) return
  const rules = allRules(taking)
  superseding(rules).forEach((row, index) => {
    if (row !== rules[index]) taking.rows.put({ table: 'rules', row })
  })
}

/** What storage has lost has not left. */
function isLeft(message: Message | undefined): boolean {
  return message?.active === false && message.hash !== ''
}

function allRules({ rows }: Taking): readonly RuleRow[] {
  return rows.all('rules').flatMap((one) => (one.table === 'rules' ? [one.row] : []))
}
