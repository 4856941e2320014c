import type { ReactElement } from 'react'
import type { Session } from '../../client/session.ts'
import type { DigestLine } from '../../core/session/generation.ts'
import { useRequest } from '../hooks/use-request.ts'
import { sectionName } from '../view/digest-groups.ts'
import { fullTokens } from '../view/token-format.ts'
import { PagedText } from './paged-text.tsx'
import { ProblemBanner } from './problem-banner.tsx'
import { SourceLinks } from './source-links.tsx'

interface GenerationDiffViewProps {
  readonly session: Session
  readonly from: number
  readonly to: number
  readonly onOpenMessage: (seq: number) => void
}

const HEAD = { lines: 6, chars: 500 }

/** Digest lines that came and went between two generations. */
export function GenerationDiffView(props: GenerationDiffViewProps): ReactElement {
  const { session, from, to, onOpenMessage } = props
  const { value, problem } = useRequest(`${session.id} ${from} ${to}`, () => session.diff(from, to))
  if (problem !== null) return <ProblemBanner problem={problem} onDismiss={null} onRetry={null} />
  if (value === null) return <div className="skeleton" />
  const rows: readonly (readonly ['added' | 'removed', DigestLine])[] = [
    ...value.removed.map((line) => ['removed', line] as const),
    ...value.added.map((line) => ['added', line] as const),
  ]
  return (
    <div className="diff" data-testid="diff">
      <p className="hint">
        {value.added.length} added, {value.removed.length} removed, {value.kept} kept; tokens{' '}
        {fullTokens(value.tokensFrom)} → {fullTokens(value.tokensTo)}; mark #{value.markFrom} → #
        {value.markTo}
      </p>
      <ul>
        {rows.map(([kind, line]) => (
          <li key={`${kind} ${line.id}`} className="digest-line" data-change={kind}>
            <span className="diff-sign" aria-label={kind}>
              {kind === 'added' ? '+' : '−'}
            </span>
            <div>
              <span className="hint">{sectionName(line.section)}</span>
              <PagedText text={line.text} head={HEAD} kind="prose" />
              <SourceLinks sources={line.sources} onOpen={onOpenMessage} />
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}
