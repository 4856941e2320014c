import type { ReactElement } from 'react'
import { DEFAULT_POLICY } from '../../core/session/policy.ts'
import type { SessionState } from '../../protocol/events.ts'
import type { Playground, PlaygroundState } from '../run/playground.ts'
import { NO_CHART } from '../view/chart-samples.ts'
import { BudgetControl } from './budget-control.tsx'
import { GaugePanel } from './gauge-panel.tsx'
import { HistoryChart } from './history-chart.tsx'
import { JobPanel } from './job-panel.tsx'
import { ThreadMeter } from './thread-meter.tsx'

interface StateZoneProps {
  readonly state: PlaygroundState
  readonly playground: Playground
}

/** Thresholds of a session that is not open yet. */
function usualBudget(tokens: number): SessionState['budget'] {
  const { soft, hard } = DEFAULT_POLICY.budget
  return { tokens, soft: tokens * soft, hard: tokens * hard }
}

const NO_TOKENS = { pinned: 0, digest: 0, user: 0, assistant: 0, tools: 0 }

/** The session at a glance. */
export function StateZone({ state, playground }: StateZoneProps): ReactElement {
  const session = state.run?.state ?? null
  const budget = session?.budget ?? usualBudget(state.budget)
  return (
    <section className="zone state-zone" id="state-zone" aria-label="State">
      <GaugePanel
        state={session ?? { budget, tokens: { log: 0, context: 0, categories: NO_TOKENS } }}
        largest={state.run?.largestContext ?? 0}
      >
        <BudgetControl budget={state.budget} onChange={playground.setBudget} />
      </GaugePanel>
      <HistoryChart data={state.run?.chart ?? NO_CHART} budget={budget.tokens} />
      <JobPanel
        state={session}
        commands={playground.run()?.commands ?? null}
        outcome={state.run?.outcome ?? null}
      />
      <ThreadMeter />
    </section>
  )
}
