/** What work that costs something has cost. */
export interface Spend {
  /** Calls of extractors that are not free. */
  readonly calls: number
  /** Tokens that they were given to read, estimated. */
  readonly tokens: number
}

/** The spend since a moment. */
export interface SpendWindow extends Spend {
  readonly since: number
}

/** Most that a session may spend within a time. */
export interface SpendLimit extends Spend {
  readonly windowMs: number
}

export const NO_SPEND: Spend = { calls: 0, tokens: 0 }
export const EMPTY_WINDOW: SpendWindow = { ...NO_SPEND, since: 0 }

export function addSpend(spend: Spend, more: Spend): Spend {
  return { calls: spend.calls + more.calls, tokens: spend.tokens + more.tokens }
}

/**
 * The window after something was spent. A window that is over, or lies in the future because the clock
 * jumped back, begins anew.
 *
 * @see SPEC.md rule SPEND1
 */
export function spendInWindow(
  window: SpendWindow,
  spend: Spend,
  { windowMs }: Pick<SpendLimit, 'windowMs'>,
  now: number,
): SpendWindow {
  if (spend.calls === 0) return window
  const isOver = now < window.since || now - window.since >= windowMs
  return isOver ? { ...spend, since: now } : { ...addSpend(window, spend), since: window.since }
}

/**
 * Whether one more call with so many tokens stays within the limit.
 *
 * @see SPEC.md rule SPEND2
 */
export function allowsSpend(
  window: SpendWindow,
  tokens: number,
  limit: SpendLimit,
  now: number,
): boolean {
  const isOver = now < window.since || now - window.since >= limit.windowMs
  const { calls, tokens: spent } = isOver ? NO_SPEND : window
  return calls + 1 <= limit.calls && spent + tokens <= limit.tokens
}
