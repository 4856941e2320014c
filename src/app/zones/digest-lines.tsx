import type { ReactElement } from 'react'
import type { DigestLine } from '../../core/session/generation.ts'
import { groupDigest } from '../view/digest-groups.ts'
import { shortTokens } from '../view/token-format.ts'
import { PagedText } from './paged-text.tsx'
import { SourceLinks } from './source-links.tsx'

interface DigestLinesProps {
  readonly lines: readonly DigestLine[]
  readonly onOpenMessage: (seq: number) => void
}

const HEAD = { lines: 8, chars: 700 }

/** Lines of a digest by section, each with links to the messages it stands for. */
export function DigestLines({ lines, onOpenMessage }: DigestLinesProps): ReactElement {
  if (lines.length === 0) return <p className="empty">No lines.</p>
  return (
    <div className="digest">
      {groupDigest(lines).map(({ section, name, lines: own, tokens }) => (
        <section key={section} aria-label={name}>
          <h4>
            {name} <span>{shortTokens(tokens)} tokens</span>
          </h4>
          <ul>
            {own.map((line) => (
              <li key={line.id} className="digest-line">
                <PagedText text={line.text} head={HEAD} kind="prose" />
                <SourceLinks sources={line.sources} onOpen={onOpenMessage} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
