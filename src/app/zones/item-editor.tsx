import type { ReactElement } from 'react'
import { useState } from 'react'
import { focusOn } from '../hooks/focus-on.ts'

interface ItemEditorProps {
  readonly text: string
  /** What is edited, for screen readers. */
  readonly name: string
  /** One line, where a name is edited. */
  readonly isLine: boolean
  readonly onSave: (text: string) => void
  readonly onCancel: () => void
}

/** Most characters that may be typed. */
const MOST_TYPED = 4_000

/** Changes the text of something stored. Escape leaves it as it is. */
export function ItemEditor(props: ItemEditorProps): ReactElement {
  const { text, name, isLine, onSave, onCancel } = props
  const [typed, setTyped] = useState(text)
  const field = {
    value: typed,
    maxLength: MOST_TYPED,
    'aria-label': name,
    ref: focusOn,
    'data-testid': 'item-text',
    onChange: (event: { readonly target: { readonly value: string } }) =>
      setTyped(event.target.value),
  }
  return (
    <form
      className="memory-editor"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed.trim() !== '') onSave(typed.trim())
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel()
      }}
    >
      {isLine ? <input type="text" {...field} /> : <textarea rows={4} {...field} />}
      <div className="button-row">
        <button type="submit" className="plain" disabled={typed.trim() === '' || typed === text}>
          Save
        </button>
        <button type="button" className="plain" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}
