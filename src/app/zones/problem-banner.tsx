import type { ReactElement } from 'react'
import type { Problem } from '../view/error-advice.ts'
import { Icon } from './icon.tsx'

interface ProblemBannerProps {
  readonly problem: Problem
  readonly onDismiss: (() => void) | null
  readonly onRetry: (() => void) | null
}

/** An error of Backfold or of a file: its code, what happened, what to do. */
export function ProblemBanner({ problem, onDismiss, onRetry }: ProblemBannerProps): ReactElement {
  return (
    <div className="problem" role="alert" data-testid="problem">
      <code className="problem-code">{problem.code}</code>
      <p>
        <strong>{problem.message}</strong> {problem.advice}
      </p>
      {onRetry !== null && (
        <button type="button" className="plain" onClick={onRetry}>
          Try again
        </button>
      )}
      {onDismiss !== null && (
        <button type="button" className="quiet" onClick={onDismiss} aria-label="Dismiss the error">
          <Icon name="close" />
        </button>
      )}
    </div>
  )
}
