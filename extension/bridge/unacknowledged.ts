/** Something said that must not be lost. */
export interface Kept<T> {
  readonly id: number
  readonly value: T
  /** In characters. */
  readonly size: number
}

/** What was said and not acknowledged, oldest first. Never changed: each step gives another. */
export interface Unacknowledged<T> {
  readonly items: readonly Kept<T>[]
  /** Of all items, in characters. */
  readonly size: number
  readonly nextId: number
}

export interface KeptBounds {
  readonly items: number
  /** In characters. */
  readonly size: number
}

export const NONE_KEPT: Unacknowledged<never> = { items: [], size: 0, nextId: 1 }

/** Keeps one more: the oldest make room. What is larger than all the room is not kept. */
export function keep<T>(
  kept: Unacknowledged<T>,
  value: T,
  size: number,
  bounds: KeptBounds,
): Unacknowledged<T> {
  const nextId = kept.nextId + 1
  if (size > bounds.size || bounds.items < 1) return { ...kept, nextId }
  const items = [...kept.items, { id: kept.nextId, value, size }]
  let from = 0
  let sum = kept.size + size
  while (items.length - from > bounds.items || sum > bounds.size) {
    sum -= items[from]?.size ?? 0
    from += 1
  }
  return { items: items.slice(from), size: sum, nextId }
}

/** It is stored, or will never be. */
export function acknowledge<T>(kept: Unacknowledged<T>, id: number): Unacknowledged<T> {
  const items = kept.items.filter((item) => item.id !== id)
  return { ...kept, items, size: items.reduce((sum, { size }) => sum + size, 0) }
}
