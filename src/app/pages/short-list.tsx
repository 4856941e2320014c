import type { ReactElement, ReactNode } from 'react'

interface ShortListProps<Item> {
  readonly items: readonly Item[]
  /** Most that are shown at once; the others are a press away. */
  readonly most: number
  readonly label: string
  /** What the others are called, with their number before it. */
  readonly others: string
  readonly className: string
  readonly testId: string
  readonly children: (item: Item) => ReactNode
}

/** A list that stays short however much there is. */
export function ShortList<Item>(props: ShortListProps<Item>): ReactElement | null {
  const { items, most, label, others, className, testId, children } = props
  if (items.length === 0) return null
  // One that is left over takes no less room than its name.
  const first = items.length <= most + 1 ? items : items.slice(0, most)
  const rest = items.slice(first.length)
  return (
    <>
      <ul className={className} aria-label={label} data-testid={testId}>
        {first.map(children)}
      </ul>
      {rest.length > 0 && (
        <details data-testid={`${testId}-rest`}>
          <summary>
            {rest.length} {others}
          </summary>
          <ul className={className} aria-label={`${label}, ${others}`}>
            {rest.map(children)}
          </ul>
        </details>
      )}
    </>
  )
}
