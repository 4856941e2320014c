import type { ReactElement } from 'react'
import type { Session } from '../../client/session.ts'
import { useRequest } from '../hooks/use-request.ts'
import { readLineSources } from '../run/memory-sources.ts'
import { MessageTexts } from './message-texts.tsx'
import { ProblemBanner } from './problem-banner.tsx'

interface LineSourcesProps {
  readonly session: Session
  /** Ids of lines of the head's digest. */
  readonly lines: readonly string[]
  readonly onOpenMessage: (seq: number) => void
}

/** The messages that lines of the digest stand for, word for word. */
export function LineSources({ session, lines, onOpenMessage }: LineSourcesProps): ReactElement {
  const { value, problem } = useRequest(`${session.id} ${lines.join()}`, () =>
    readLineSources(session, lines),
  )
  return (
    <div className="unfolded" data-testid="line-sources" aria-busy={value === null}>
      {problem !== null && <ProblemBanner problem={problem} onDismiss={null} onRetry={null} />}
      {problem === null && value === null && <div className="skeleton" />}
      {value !== null && <MessageTexts messages={value} onOpenMessage={onOpenMessage} />}
    </div>
  )
}
