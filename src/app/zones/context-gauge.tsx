import type { ReactElement, ReactNode } from 'react'
import type { Categories } from '../../core/session/context.ts'
import { CATEGORIES, CATEGORY_NAMES, layOutGauge } from '../view/gauge-segments.ts'
import { fullTokens, percent, shortTokens } from '../view/token-format.ts'

interface ContextGaugeProps {
  readonly tokens: number
  readonly categories: Categories
  readonly budget: { readonly tokens: number; readonly soft: number; readonly hard: number }
  readonly log: number
  /** Tokens of the largest context handed out; 0 for none. */
  readonly largest: number
  /** Drawn below: what sets the budget. */
  readonly children: ReactNode
}

const LEVELS = {
  calm: '',
  soft: 'past the soft threshold',
  hard: 'past the hard threshold',
  over: 'over budget: folded before it is sent',
} as const

/** The context against its budget, by category. */
export function ContextGauge(props: ContextGaugeProps): ReactElement {
  const { tokens, categories, budget, log, largest } = props
  const gauge = layOutGauge(categories, budget)
  const share = tokens / Math.max(1, budget.tokens)
  return (
    <section className="panel gauge-panel" aria-labelledby="gauge-title">
      <div className="panel-head">
        <h2 id="gauge-title">Context</h2>
        <p className="level" data-level={gauge.level}>
          {LEVELS[gauge.level]}
        </p>
      </div>
      <p className="big-number">
        <strong data-testid="context-tokens">{fullTokens(tokens)}</strong>
        <span>
          of {fullTokens(budget.tokens)} tokens, {percent(share)}
        </span>
      </p>
      <div
        className="gauge"
        role="meter"
        aria-label="Context against budget"
        aria-valuemin={0}
        aria-valuemax={budget.tokens}
        aria-valuenow={Math.min(tokens, budget.tokens)}
        data-close={gauge.hard - gauge.soft < 0.14}
        aria-valuetext={`${fullTokens(tokens)} of ${fullTokens(budget.tokens)} tokens`}
        data-testid="gauge"
        data-level={gauge.level}
      >
        <div className="gauge-track">
          {gauge.segments.map(({ category, from, width }) => (
            <div
              key={category}
              className="gauge-segment"
              data-category={category}
              style={{ left: `${from * 100}%`, width: `${width * 100}%` }}
            />
          ))}
        </div>
        {(['soft', 'hard'] as const).map((threshold) => (
          <div
            key={threshold}
            className="threshold"
            data-threshold={threshold}
            style={{ left: `${gauge[threshold] * 100}%` }}
          >
            <span>{threshold}</span>
          </div>
        ))}
      </div>
      <dl className="legend">
        {CATEGORIES.map((category) => (
          <div key={category}>
            <dt>
              <i className="swatch" data-category={category} />
              {CATEGORY_NAMES[category]}
            </dt>
            <dd>{shortTokens(categories[category])}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">
        Full history: <strong data-testid="log-tokens">{fullTokens(log)}</strong> tokens
        {log > tokens && tokens > 0 && `, ${(log / tokens).toFixed(1)}× the context`}
        {largest > 0 && (
          <>
            . Largest context sent:{' '}
            <strong data-testid="largest-sent">{fullTokens(largest)}</strong>
          </>
        )}
      </p>
      {props.children}
    </section>
  )
}
