import type { ReactElement } from 'react'
import type { GenerationStatus } from '../../core/session/generation.ts'
import type { GenerationSummary } from '../../protocol/requests.ts'
import { shortTokens } from '../view/token-format.ts'

export const GENERATION_STATUS: Readonly<Record<GenerationStatus, string>> = {
  candidate: 'candidate',
  applied: 'applied',
  superseded: 'superseded',
  'rolled-back': 'rolled back',
  rejected: 'rejected',
}

interface GenerationListProps {
  readonly generations: readonly GenerationSummary[]
  readonly head: number
  readonly chosen: number | null
  readonly onChoose: (n: number) => void
}

export function GenerationList(props: GenerationListProps): ReactElement {
  const { generations, head, chosen, onChoose } = props
  if (generations.length === 0)
    return (
      <p className="empty">
        No generation yet. The first is made when the context passes the soft threshold, or with
        “Compact now”.
      </p>
    )
  return (
    <ol className="generation-list" data-testid="generations">
      {generations.map(({ n, status, tokensBefore, tokensAfter, covered }) => (
        <li key={n}>
          <button
            type="button"
            className="generation-row"
            aria-pressed={n === chosen}
            onClick={() => onChoose(n)}
            data-testid={`generation-${n}`}
          >
            <span className="generation-n">{n}</span>
            <span className="status" data-status={n === head ? 'head' : status}>
              {n === head ? 'head' : GENERATION_STATUS[status]}
            </span>
            <span className="generation-tokens">
              {shortTokens(tokensBefore)} → <b>{shortTokens(tokensAfter)}</b>
            </span>
            <span className="generation-covered">covers {covered.toLocaleString('en-US')}</span>
          </button>
        </li>
      ))}
    </ol>
  )
}
