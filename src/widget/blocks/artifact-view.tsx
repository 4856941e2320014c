import type { ReactElement } from 'react'
import type { Session } from '../../client/session.ts'
import type { PayloadPlace } from '../../protocol/requests.ts'
import { useRecall } from '../hooks/use-recall.ts'
import type { TextLabels } from './clipped-text.tsx'
import type { ProblemLabels } from './problem.tsx'
import { Problem } from './problem.tsx'
import { RecallView } from './recall-view.tsx'
import type { SourceLabels } from './source-list.tsx'

interface ArtifactViewProps {
  readonly session: Session
  readonly place: PayloadPlace
  readonly labels: ProblemLabels & TextLabels & SourceLabels & RecalledLabels
  readonly className: string | undefined
}

/** What brought-back texts are called. */
export interface RecalledLabels {
  readonly recalling: string
  readonly roles: Readonly<Record<'system' | 'user' | 'assistant' | 'tool', string>>
}

export const RECALLED_LABELS: RecalledLabels = {
  recalling: 'Recalling…',
  roles: { system: 'System', user: 'User', assistant: 'Assistant', tool: 'Tool' },
}

/** A stored payload, recalled when this is drawn. */
export function ArtifactView(props: ArtifactViewProps): ReactElement {
  const { session, place, labels, className } = props
  const { status, result, error, retry } = useRecall(session, place)
  return (
    <div data-part="payload" className={className} aria-busy={status === 'asking'}>
      {error !== null && <Problem error={error} labels={labels} onRetry={retry} />}
      {status === 'asking' && <p role="status">{labels.recalling}</p>}
      {result !== null && <RecallView result={result} labels={labels} onOpenMessage={undefined} />}
    </div>
  )
}
