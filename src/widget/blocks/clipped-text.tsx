import type { ReactElement } from 'react'
import { useState } from 'react'
import { groupedCount } from '../view/as-count.ts'
import { clipText } from '../view/clip-text.ts'

/** What a text that is cut short says. */
export interface TextLabels {
  readonly showMore: (charactersLeft: number) => string
  readonly nothing: string
}

export const TEXT_LABELS: TextLabels = {
  showMore: (left) => `Show more (${groupedCount(left)} characters left)`,
  nothing: '(empty)',
}

interface ClippedTextProps {
  readonly text: string
  readonly labels: TextLabels
  readonly className?: string | undefined
  /** UTF-16 code units shown at first. */
  readonly most?: number
}

/** Code units that each “show more” adds. */
const STEP = 20_000

/** Text that nobody vouches for: drawn as text only, and of a long one the beginning first. */
export function ClippedText(props: ClippedTextProps): ReactElement {
  const { text, labels, className, most = 600 } = props
  const [more, setMore] = useState(0)
  const { shown, rest } = clipText(text, most + more)
  return (
    <>
      {/* Line breaks are part of it, and a style sheet may say otherwise. */}
      <pre data-part="text" className={className} dir="auto">
        {shown === '' ? labels.nothing : shown}
      </pre>
      {rest > 0 && (
        <button type="button" data-part="more" onClick={() => setMore(more + STEP)}>
          {labels.showMore(rest)}
        </button>
      )}
    </>
  )
}
