import type { ReactElement } from 'react'
import type { Session } from '../../client/session.ts'
import type { GenerationStatus } from '../../core/session/generation.ts'
import type { GenerationSummary } from '../../protocol/requests.ts'
import { GenerationTimeline } from '../../widget/blocks/generation-timeline.tsx'
import { shortTokens } from '../view/token-format.ts'

export const GENERATION_STATUS: Readonly<Record<GenerationStatus, string>> = {
  candidate: 'candidate',
  applied: 'applied',
  superseded: 'superseded',
  'rolled-back': 'rolled back',
  rejected: 'rejected',
}

interface GenerationListProps {
  readonly session: Session | null
  readonly generations: readonly GenerationSummary[]
  readonly head: number
  readonly chosen: number | null
  readonly onChoose: (n: number) => void
}

const CLASSES = { list: 'generation-list', empty: 'empty' }
const LABELS = {
  empty:
    'No generation yet. The first is made when the context passes the soft threshold, or with “Compact now”.',
}

/** The generations to choose from; what is done with the chosen one is the inspector's. */
export function GenerationList(props: GenerationListProps): ReactElement {
  const { chosen, onChoose, ...followed } = props
  return (
    <GenerationTimeline
      {...followed}
      readOnly
      classNames={CLASSES}
      labels={LABELS}
      data-testid="generations"
    >
      {({ generation: { n, status, tokensBefore, tokensAfter, covered }, isHead }) => (
        <button
          type="button"
          className="generation-row"
          aria-pressed={n === chosen}
          onClick={() => onChoose(n)}
          data-testid={`generation-${n}`}
        >
          <span className="generation-n">{n}</span>
          <span className="status" data-status={isHead ? 'head' : status}>
            {isHead ? 'head' : GENERATION_STATUS[status]}
          </span>
          <span className="generation-tokens">
            {shortTokens(tokensBefore)} → <b>{shortTokens(tokensAfter)}</b>
          </span>
          <span className="generation-covered">covers {covered.toLocaleString('en-US')}</span>
        </button>
      )}
    </GenerationTimeline>
  )
}
