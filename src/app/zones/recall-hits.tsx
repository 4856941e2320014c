import type { ReactElement } from 'react'
import type { RecallHit } from '../../core/session/recall-hit.ts'
import { PagedText } from './paged-text.tsx'
import { SourceLinks } from './source-links.tsx'

interface RecallHitsProps {
  readonly hits: readonly RecallHit[]
  readonly onOpenMessage: (seq: number) => void
}

const HEAD = { lines: 6, chars: 500 }

/** Messages found by words, best first: of each the passages that answer. */
export function RecallHits({ hits, onOpenMessage }: RecallHitsProps): ReactElement {
  if (hits.length === 0) return <p className="empty">Nothing found.</p>
  const passages = hits.reduce((sum, hit) => sum + hit.passages.length, 0)
  return (
    <>
      <p className="hint" data-testid="recall-count">
        {passages} {passages === 1 ? 'passage' : 'passages'} of {hits.length}{' '}
        {hits.length === 1 ? 'message' : 'messages'}, best first
      </p>
      <ol className="hits">
        {hits.map(({ seq, role, text, active, passages: own }) => (
          <li key={seq}>
            <div className="hit-head">
              <SourceLinks sources={[seq]} onOpen={onOpenMessage} /> {role}
              {!active && <span className="standing">off the active path</span>}
            </div>
            {own.length === 0 ? (
              <PagedText text={text} head={HEAD} kind="output" />
            ) : (
              own.map((passage) => (
                <div key={passage.offset} className="passage" data-testid="passage">
                  <PagedText text={passage.text} head={HEAD} kind="output" />
                </div>
              ))
            )}
          </li>
        ))}
      </ol>
    </>
  )
}
