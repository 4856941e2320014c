import type { LoggedError } from './error-log.ts'
import type { HealthSummary } from './health-summary.ts'

/** What a report is made from: numbers and codes only. */
export interface ReportFacts {
  readonly release: string
  readonly browser: string
  /** How many sessions there are. */
  readonly sessions: number
  readonly health: HealthSummary
  readonly session: { readonly messages: number; readonly log: number; readonly context: number }
  /** `intact`, `damaged` or `unknown`. */
  readonly integrity: string
  readonly errors: readonly LoggedError[]
}

/**
 * A report to hand on, as Markdown. Nothing of what anybody wrote is in it: reasons and warnings, which may quote a
 * message, are left out.
 *
 * @see SPEC.md rule HEALTH4
 */
export function writeReport(facts: ReportFacts): string {
  const { health, session } = facts
  const outcomes = health.outcomes.map(({ state, count }) => `${state} ${count}`).join(', ')
  const lines = [
    '# Backfold health report',
    '',
    `- release: ${facts.release}`,
    `- browser: ${facts.browser}`,
    `- sessions: ${facts.sessions}`,
    `- this session: ${session.messages} messages, ${session.log} tokens of log, ${session.context} of context`,
    `- integrity: ${facts.integrity}`,
    `- jobs: ${outcomes || 'none'}`,
    `- generations applied: ${health.applied}, rolled back: ${health.rolledBack}`,
    `- left out: ${health.leftOut.length}, warnings: ${health.warnings.length}`,
    `- spent: ${health.calls} calls, ${health.tokensSpent} tokens`,
    '',
    '## Last errors',
    '',
    ...facts.errors
      .slice(0, 20)
      .map(({ at, code, during }) => `- ${new Date(at).toISOString()} ${code} while ${during}`),
  ]
  if (facts.errors.length === 0) lines.push('none')
  return `${lines.join('\n')}\n`
}
