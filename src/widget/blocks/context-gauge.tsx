import type { HTMLAttributes, ReactElement, ReactNode } from 'react'
import type { SessionState } from '../../protocol/events.ts'
import { asCount, groupedCount } from '../view/as-count.ts'
import type { Category, Gauge } from '../view/gauge-segments.ts'
import { CATEGORIES, layOutGauge } from '../view/gauge-segments.ts'
import type { ClassNames } from './part.ts'
import { part } from './part.ts'

/** All that the gauge says. */
export interface GaugeLabels {
  readonly name: string
  readonly categories: Readonly<Record<Category, string>>
  readonly soft: string
  readonly hard: string
  readonly count: (tokens: number) => string
  readonly value: (tokens: string, budget: string) => string
  readonly levels: Readonly<Record<Gauge['level'], string>>
}

export const GAUGE_LABELS: GaugeLabels = {
  name: 'Context against budget',
  categories: {
    pinned: 'Pinned',
    digest: 'Digest',
    user: 'User',
    assistant: 'Assistant',
    tools: 'Tools',
  },
  soft: 'soft',
  hard: 'hard',
  count: groupedCount,
  value: (tokens, budget) => `${tokens} of ${budget} tokens`,
  levels: {
    calm: '',
    soft: 'past the soft threshold',
    hard: 'past the hard threshold',
    over: 'over budget: folded before it is sent',
  },
}

export type GaugePart =
  | 'summary'
  | 'value'
  | 'level'
  | 'meter'
  | 'track'
  | 'segment'
  | 'threshold'
  | 'threshold-name'
  | 'legend'
  | 'swatch'

export interface ContextGaugeProps extends Omit<HTMLAttributes<HTMLDivElement>, 'children'> {
  /** Null while there is no session: an empty gauge. */
  readonly state: Pick<SessionState, 'tokens' | 'budget'> | null
  readonly labels?: Partial<GaugeLabels> | undefined
  readonly classNames?: ClassNames<GaugePart> | undefined
  /** Stands in place of the sentence above the meter; null for nothing. */
  readonly summary?: ReactNode
  /** How counts of the legend are written; as all others by default. */
  readonly shortCount?: ((tokens: number) => string) | undefined
}

const NO_STATE: Pick<SessionState, 'tokens' | 'budget'> = {
  budget: { tokens: 0, soft: 0, hard: 0 },
  tokens: {
    log: 0,
    context: 0,
    categories: { pinned: 0, digest: 0, user: 0, assistant: 0, tools: 0 },
  },
}

/** Thresholds closer than this, as a share of the gauge, are marked so that their names can be kept apart. */
const CLOSE = 0.14

/**
 * The context against its budget, by category, with the soft and hard thresholds: a meter and its legend.
 * `data-level` on it and on the meter says how full it is.
 *
 * @see SPEC.md rules APP21, APP22, REACT9
 */
export function ContextGauge(props: ContextGaugeProps): ReactElement {
  const { state, labels, classNames, summary, shortCount, ...rest } = props
  const { tokens, budget } = state ?? NO_STATE
  const text = { ...GAUGE_LABELS, ...labels }
  const gauge = layOutGauge(tokens.categories, budget)
  const most = asCount(budget.tokens)
  const value = text.value(text.count(tokens.context), text.count(most))
  const short = shortCount ?? text.count
  return (
    <div {...rest} data-level={gauge.level}>
      {summary === undefined ? (
        <p {...part('summary', classNames)}>
          <span {...part('value', classNames)}>{value}</span>{' '}
          <span {...part('level', classNames)}>{text.levels[gauge.level]}</span>
        </p>
      ) : (
        summary
      )}
      <div
        {...part('meter', classNames)}
        role="meter"
        aria-label={text.name}
        aria-valuemin={0}
        aria-valuemax={most}
        aria-valuenow={Math.min(asCount(tokens.context), most)}
        aria-valuetext={value}
        data-level={gauge.level}
        data-close={gauge.hard - gauge.soft < CLOSE}
      >
        <div {...part('track', classNames)}>
          {gauge.segments.map(({ category, from, width }) => (
            <div
              key={category}
              {...part('segment', classNames)}
              data-category={category}
              style={{ insetInlineStart: percent(from), inlineSize: percent(width) }}
            />
          ))}
        </div>
        {(['soft', 'hard'] as const).map((threshold) => (
          <div
            key={threshold}
            {...part('threshold', classNames)}
            data-threshold={threshold}
            style={{ insetInlineStart: percent(gauge[threshold]) }}
          >
            <span {...part('threshold-name', classNames)}>{text[threshold]}</span>
          </div>
        ))}
      </div>
      <dl {...part('legend', classNames)}>
        {CATEGORIES.map((category) => (
          <div key={category}>
            <dt>
              <i {...part('swatch', classNames)} data-category={category} />
              {text.categories[category]}
            </dt>
            <dd>{short(tokens.categories[category])}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function percent(share: number): string {
  return `${share * 100}%`
}
