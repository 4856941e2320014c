import type { ReactElement, ReactNode } from 'react'
import type { SessionState } from '../../protocol/events.ts'
import { ContextGauge, GAUGE_LABELS } from '../../widget/blocks/context-gauge.tsx'
import { layOutGauge } from '../../widget/view/gauge-segments.ts'
import { fullTokens, percent, shortTokens } from '../view/token-format.ts'

interface GaugePanelProps {
  readonly state: Pick<SessionState, 'tokens' | 'budget'>
  /** Tokens of the largest context handed out; 0 for none. */
  readonly largest: number
  /** What is said of a context that is over its budget; that it is folded before it is sent by default. */
  readonly over?: string
  /** Drawn below: what sets the budget. */
  readonly children: ReactNode
}

/** The look of the gauge's parts. */
const CLASSES = {
  meter: 'gauge',
  track: 'gauge-track',
  segment: 'gauge-segment',
  threshold: 'threshold',
  legend: 'legend',
  swatch: 'swatch',
}

/** The context against its budget, by category, beside the whole history. */
export function GaugePanel(props: GaugePanelProps): ReactElement {
  const { state, largest, over, children } = props
  const { tokens, budget } = state
  const { context, log } = tokens
  const { level } = layOutGauge(tokens.categories, budget)
  const share = context / Math.max(1, budget.tokens)
  return (
    <section className="panel gauge-panel" aria-labelledby="gauge-title">
      <div className="panel-head">
        <h2 id="gauge-title">Context</h2>
        <p className="level" data-level={level}>
          {level === 'over' && over !== undefined ? over : GAUGE_LABELS.levels[level]}
        </p>
      </div>
      <ContextGauge
        state={state}
        classNames={CLASSES}
        shortCount={shortTokens}
        summary={
          <p className="big-number">
            <strong data-testid="context-tokens">{fullTokens(context)}</strong>
            <span>
              of {fullTokens(budget.tokens)} tokens, {percent(share)}
            </span>
          </p>
        }
      />
      <p className="hint">
        Full history: <strong data-testid="log-tokens">{fullTokens(log)}</strong> tokens
        {log > context && context > 0 && `, ${(log / context).toFixed(1)}× the context`}
        {largest > 0 && (
          <>
            . Largest context sent:{' '}
            <strong data-testid="largest-sent">{fullTokens(largest)}</strong>
          </>
        )}
      </p>
      {children}
    </section>
  )
}
