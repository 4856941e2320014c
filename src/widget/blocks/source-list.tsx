import type { ReactElement } from 'react'

/** How messages are named. */
export interface SourceLabels {
  readonly message: (seq: number) => string
  readonly openMessage: (seq: number) => string
  readonly sources: string
}

export const SOURCE_LABELS: SourceLabels = {
  message: (seq) => `#${seq}`,
  openMessage: (seq) => `Open message #${seq}`,
  sources: 'Sources',
}

interface SourceListProps {
  readonly sources: readonly number[]
  readonly labels: SourceLabels
  /** Without it, messages are named and not linked. */
  readonly onOpenMessage: ((seq: number) => void) | undefined
}

/** Most messages named in one place. */
const MOST_SOURCES = 12

/** The messages that something stands for, the newest of many. */
export function SourceList({ sources, labels, onOpenMessage }: SourceListProps): ReactElement {
  const shown = sources.slice(-MOST_SOURCES)
  return (
    <span data-part="sources" role="group" aria-label={labels.sources}>
      {shown.length < sources.length && '… '}
      {shown.map((seq, index) => (
        <span key={seq}>
          {index > 0 && ' '}
          {onOpenMessage === undefined ? (
            <span data-part="source">{labels.message(seq)}</span>
          ) : (
            <button
              type="button"
              data-part="source"
              aria-label={labels.openMessage(seq)}
              onClick={() => onOpenMessage(seq)}
            >
              {labels.message(seq)}
            </button>
          )}
        </span>
      ))}
    </span>
  )
}
