import type { ReactElement } from 'react'
import { Icon } from '../icon.tsx'
import { useView } from '../view-settings.ts'

interface ToEndProps {
  /** Something came below while the person read further up. */
  readonly hasNews: boolean
  readonly onPress: () => void
}

/** Leads back to the end of the conversation. */
export function ToEnd({ hasNews, onPress }: ToEndProps): ReactElement {
  const { labels } = useView()
  return (
    <button
      type="button"
      className="bf-to-end"
      part="to-end"
      data-news={hasNews}
      aria-label={hasNews ? labels.newBelow : labels.toEnd}
      onClick={onPress}
    >
      <Icon name="end" />
      {hasNews && <span>{labels.newBelow}</span>}
    </button>
  )
}
