import type { ReactElement } from 'react'
import { useState } from 'react'
import { sourceRanges } from '../view/digest-groups.ts'

interface SourceLinksProps {
  readonly sources: readonly number[]
  readonly onOpen: (seq: number) => void
}

const SHOWN = 6

/** The messages that a digest line stands for; each link opens its message. */
export function SourceLinks({ sources, onOpen }: SourceLinksProps): ReactElement {
  const [all, setAll] = useState(false)
  const ranges = sourceRanges(sources)
  const shown = all ? ranges.slice(0, 200) : ranges.slice(0, SHOWN)
  return (
    <span className="sources">
      {shown.map(({ from, to }) => (
        <button
          key={from}
          type="button"
          className="source"
          onClick={() => onOpen(from)}
          // Holds what is seen, so that voice control finds it by that.
          aria-label={to > from ? `Open messages #${from}–${to}` : `Open message #${from}`}
          data-testid="source-link"
        >
          #{from}
          {to > from && `–${to}`}
        </button>
      ))}
      {!all && ranges.length > SHOWN && (
        <button type="button" className="source more" onClick={() => setAll(true)}>
          +{ranges.length - SHOWN}
        </button>
      )}
    </span>
  )
}
