import type { ReactElement, ReactNode } from 'react'
import type { ChatLabels } from '../labels/chat-labels.ts'

interface EmptyProps {
  readonly labels: ChatLabels
  readonly isLoading: boolean
  /** The host's own. */
  readonly empty: ReactNode
}

/** Where nothing was said yet, or is not read yet. */
export function Empty({ labels, isLoading, empty }: EmptyProps): ReactElement {
  if (isLoading) {
    return (
      <div className="bf-empty" part="loading" role="status">
        <span className="bf-spinner" aria-hidden="true" />
        <p>{labels.loading}</p>
      </div>
    )
  }
  return (
    <div className="bf-empty" part="empty">
      {empty ?? <EmptyWords labels={labels} />}
    </div>
  )
}

/** What stands there where the host has nothing of its own. */
export function EmptyWords({ labels }: Pick<EmptyProps, 'labels'>): ReactElement {
  return (
    <>
      <p className="bf-empty-title">{labels.emptyTitle}</p>
      <p>{labels.emptyText}</p>
    </>
  )
}
