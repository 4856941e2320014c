import type { ReactElement } from 'react'

/** The name with its sheet that folds. */
export function Wordmark(): ReactElement {
  return (
    <>
      <svg viewBox="0 0 24 26" aria-hidden="true" focusable="false">
        <path className="mark-sheet" d="M2 1h13l7 7v5H2z" />
        <path className="mark-ear" d="M15 1l7 7h-7z" />
        <path className="mark-fold" d="M2 15h20v5l-10 5-10-5z" />
      </svg>
      Backfold
    </>
  )
}
