import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Session } from '../../client/session.ts'
import type { DigestLine } from '../../core/session/generation.ts'
import type { LineGroup } from '../view/digest-groups.ts'
import { groupDigest, groupLines } from '../view/digest-groups.ts'
import { shortTokens } from '../view/token-format.ts'
import { LineSources } from './line-sources.tsx'
import { PagedText } from './paged-text.tsx'
import { SourceLinks } from './source-links.tsx'

interface DigestLinesProps {
  readonly lines: readonly DigestLine[]
  /** Where the lines' messages are read; null for a digest that is not the head's. */
  readonly session: Session | null
  readonly onOpenMessage: (seq: number) => void
}

const HEAD = { lines: 8, chars: 700 }
const LABEL = { lines: 2, chars: 300 }

/** Lines of a digest by section, those of one message together, with the messages they stand for. */
export function DigestLines({ lines, session, onOpenMessage }: DigestLinesProps): ReactElement {
  if (lines.length === 0) return <p className="empty">No lines.</p>
  return (
    <div className="digest">
      {groupDigest(lines).map(({ section, name, lines: own, tokens }) => (
        <section key={section} aria-label={name}>
          <h4>
            {/* What was only tried is not counted. */}
            {name} {tokens > 0 && <span>{shortTokens(tokens)} tokens</span>}
          </h4>
          <ul>
            {groupLines(own).map((group) => (
              <DigestEntry
                key={group.id}
                group={group}
                session={session}
                onOpenMessage={onOpenMessage}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

interface DigestEntryProps {
  readonly group: LineGroup
  readonly session: Session | null
  readonly onOpenMessage: (seq: number) => void
}

function DigestEntry({ group, session, onOpenMessage }: DigestEntryProps): ReactElement {
  const [open, setOpen] = useState(false)
  const { label, lines, section, sources, origin } = group
  return (
    <li className="digest-line">
      {label !== null && (
        <div className="digest-label">
          <PagedText text={label} head={LABEL} kind="prose" />
        </div>
      )}
      {lines.map(({ id, text }) => (
        <PagedText key={id} text={text} head={HEAD} kind="prose" />
      ))}
      <div className="memory-foot">
        <SourceLinks sources={sources} onOpen={onOpenMessage} />
        {origin !== null && section !== 'quotes' && <span className="hint">{origin}</span>}
        {session !== null && (
          <button
            type="button"
            className="link"
            aria-expanded={open}
            aria-label={`Show the sources of ${(label ?? lines[0]?.text ?? '').slice(0, 60)}`}
            onClick={() => setOpen(!open)}
            data-testid="expand-line"
          >
            Show the sources
          </button>
        )}
      </div>
      {open && session !== null && (
        <LineSources
          session={session}
          lines={lines.map(({ id }) => id)}
          onOpenMessage={onOpenMessage}
        />
      )}
    </li>
  )
}
