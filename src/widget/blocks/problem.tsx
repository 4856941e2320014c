import type { ReactElement } from 'react'
import type { BackfoldError } from '../../core/backfold-error.ts'

/** What a failure says. */
export interface ProblemLabels {
  readonly problem: (error: BackfoldError) => string
  readonly retry: string
}

export const PROBLEM_LABELS: ProblemLabels = {
  problem: ({ code, message }) => `${message} (${code})`,
  retry: 'Try again',
}

interface ProblemProps {
  readonly error: BackfoldError
  readonly labels: ProblemLabels
  readonly onRetry: () => void
}

/** What went wrong, with the way to try again. */
export function Problem({ error, labels, onRetry }: ProblemProps): ReactElement {
  return (
    <div role="alert" data-part="problem" data-code={error.code}>
      {labels.problem(error)}{' '}
      <button type="button" data-part="retry" onClick={onRetry}>
        {labels.retry}
      </button>
    </div>
  )
}
