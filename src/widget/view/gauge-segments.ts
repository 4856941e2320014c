import type { Categories } from '../../core/session/context.ts'
import { asCount } from './as-count.ts'

export type Category = keyof Categories

/** Order in which categories are stacked: what stays for good first, what moves last. */
export const CATEGORIES: readonly Category[] = ['pinned', 'digest', 'user', 'assistant', 'tools']

export interface GaugeSegment {
  readonly category: Category
  readonly tokens: number
  /** Left edge and width as shares of the gauge, 0 to 1. */
  readonly from: number
  readonly width: number
}

/** The gauge as shares of its width. */
export interface Gauge {
  readonly segments: readonly GaugeSegment[]
  /** Where the soft and hard thresholds and the budget lie. */
  readonly soft: number
  readonly hard: number
  readonly budget: number
  readonly level: 'calm' | 'soft' | 'hard' | 'over'
}

/**
 * Lays a context out against its budget. The gauge is as wide as the budget, or as the context if
 * that is larger, so that nothing is ever drawn outside it. Total: what is no count counts as 0.
 *
 * @param budget - Budget and thresholds, all in tokens.
 * @see SPEC.md rules APP21, APP22, REACT9
 */
export function layOutGauge(
  categories: Categories,
  budget: { readonly tokens: number; readonly soft: number; readonly hard: number },
): Gauge {
  const counts = CATEGORIES.map((category) => [category, asCount(categories[category])] as const)
  const total = counts.reduce((sum, [, tokens]) => sum + tokens, 0)
  const most = asCount(budget.tokens)
  const soft = Math.min(asCount(budget.soft), most)
  const hard = Math.min(asCount(budget.hard), most)
  const full = Math.max(most, total, 1)
  let from = 0
  const segments: GaugeSegment[] = []
  for (const [category, tokens] of counts) {
    if (tokens === 0) continue
    segments.push({ category, tokens, from, width: tokens / full })
    from += tokens / full
  }
  return {
    segments,
    soft: soft / full,
    hard: hard / full,
    budget: most / full,
    level: total > most ? 'over' : total >= hard ? 'hard' : total >= soft ? 'soft' : 'calm',
  }
}
