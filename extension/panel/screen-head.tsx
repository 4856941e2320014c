import type { ReactElement } from 'react'
import { focusOn } from '../../src/app/hooks/focus-on.ts'
import { LABELS } from './labels.ts'

/** Head of what is shown in place of the chat, with the way back. Who comes there is taken to its beginning. */
export function ScreenHead({
  title,
  onBack,
}: {
  readonly title: string
  readonly onBack: () => void
}): ReactElement {
  return (
    <div className="screen-head">
      <h1 id="screen-title" tabIndex={-1} ref={focusOn} dir="auto">
        {title}
      </h1>
      <button type="button" className="plain" onClick={onBack} data-testid="back">
        {LABELS.back}
      </button>
    </div>
  )
}
