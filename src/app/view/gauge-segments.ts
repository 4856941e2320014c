import type { Categories } from '../../core/session/context.ts'

export type Category = keyof Categories

/** Order in which categories are stacked: what stays for good first, what moves last. */
export const CATEGORIES: readonly Category[] = ['pinned', 'digest', 'user', 'assistant', 'tools']

export const CATEGORY_NAMES: Readonly<Record<Category, string>> = {
  pinned: 'Pinned',
  digest: 'Digest',
  user: 'User',
  assistant: 'Assistant',
  tools: 'Tools',
}

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
 * that is larger, so that nothing is ever drawn outside it.
 *
 * @param budget - Budget and thresholds, all in tokens.
 * @see SPEC.md rules APP21, APP22
 */
export function layOutGauge(
  categories: Categories,
  budget: { readonly tokens: number; readonly soft: number; readonly hard: number },
): Gauge {
  const total = CATEGORIES.reduce((sum, category) => sum + categories[category], 0)
  const full = Math.max(budget.tokens, total, 1)
  let from = 0
  const segments: GaugeSegment[] = []
  for (const category of CATEGORIES) {
    const tokens = categories[category]
    if (tokens <= 0) continue
    segments.push({ category, tokens, from, width: tokens / full })
    from += tokens / full
  }
  return {
    segments,
    soft: budget.soft / full,
    hard: budget.hard / full,
    budget: budget.tokens / full,
    level:
      total > budget.tokens
        ? 'over'
        : total >= budget.hard
          ? 'hard'
          : total >= budget.soft
            ? 'soft'
            : 'calm',
  }
}
