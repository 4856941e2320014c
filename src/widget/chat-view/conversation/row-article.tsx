import type { ReactElement } from 'react'
import { useView } from '../view-settings.ts'
import { rowName } from './row-name.ts'
import type { RowViewProps } from './row-view.tsx'
import { RowView } from './row-view.tsx'

interface RowArticleProps extends RowViewProps {
  readonly measure: (node: HTMLElement | null) => void
  readonly place: {
    readonly index: number
    /** Distance from the first row, in CSS pixels. */
    readonly start: number
    /** −1 where it is not known how many there are. */
    readonly count: number
  }
}

/** A row at its place: an article of the feed, with its name and how many there are. */
export function RowArticle({ measure, place, ...props }: RowArticleProps): ReactElement {
  const { labels } = useView()
  const { row } = props
  const item = row.kind === 'item' ? row.item : null
  return (
    <article
      ref={measure}
      className="bf-item"
      part="item"
      data-index={place.index}
      data-key={row.key}
      data-kind={item?.kind ?? row.kind}
      data-covered={item !== null && 'isCovered' in item && item.isCovered}
      tabIndex={-1}
      aria-label={rowName(row, labels)}
      aria-posinset={place.index + 1}
      aria-setsize={place.count}
      style={{ transform: `translateY(${place.start}px)` }}
    >
      <RowView {...props} />
    </article>
  )
}
