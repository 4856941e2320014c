import type { ReactElement } from 'react'
import { useState } from 'react'
import type { DigestLine } from '../../../core/session/generation.ts'
import { Icon } from '../icon.tsx'
import { clipText } from '../../view/clip-text.ts'
import { useView } from '../view-settings.ts'

interface DigestLineViewProps {
  readonly line: DigestLine
  /** Without it the line stays as it is. Null removes it. */
  readonly onChange: ((id: string, text: string | null) => Promise<boolean>) | undefined
  readonly onReveal: (seq: number) => void
}

/** Most sources that are named, the newest. */
const MOST_SOURCES = 6
const MOST_LETTERS = 1_000

/** A line of a digest: what it says, the messages behind it, and what a person can make of it. */
export function DigestLineView({ line, onChange, onReveal }: DigestLineViewProps): ReactElement {
  const { labels } = useView()
  const [isEditing, setEditing] = useState(false)
  const [hasFailed, setFailed] = useState(false)
  const change = async (text: string | null): Promise<void> => {
    const isDone = (await onChange?.(line.id, text)) ?? false
    setFailed(!isDone)
    if (isDone) setEditing(false)
  }
  const { shown, rest } = clipText(line.text, MOST_LETTERS)
  return (
    <li className="bf-line" part="line" data-line={line.id}>
      {isEditing ? (
        <LineEditor text={line.text} onSave={change} onCancel={() => setEditing(false)} />
      ) : (
        <span className="bf-line-text" dir="auto">
          {line.label !== undefined && <span className="bf-quiet">{line.label} </span>}
          {shown}
          {rest > 0 && '…'}
        </span>
      )}
      <span className="bf-line-tools">
        {line.sources.slice(-MOST_SOURCES).map((seq) => (
          <button
            key={seq}
            type="button"
            className="bf-source"
            part="source"
            aria-label={labels.openSource(seq)}
            onClick={() => onReveal(seq)}
          >
            {labels.source(seq)}
          </button>
        ))}
        {onChange !== undefined && !isEditing && (
          <>
            <button
              type="button"
              className="bf-tool"
              part="edit-line"
              aria-label={labels.editLine}
              title={labels.editLine}
              onClick={() => setEditing(true)}
            >
              <Icon name="edit" />
            </button>
            <button
              type="button"
              className="bf-tool"
              part="remove-line"
              aria-label={labels.removeLine}
              title={labels.removeLine}
              onClick={() => void change(null)}
            >
              <Icon name="remove" />
            </button>
          </>
        )}
      </span>
      <span role="status" className="bf-quiet">
        {hasFailed && labels.notSaved}
      </span>
    </li>
  )
}

interface LineEditorProps {
  readonly text: string
  readonly onSave: (text: string) => Promise<void>
  readonly onCancel: () => void
}

function LineEditor({ text, onSave, onCancel }: LineEditorProps): ReactElement {
  const { labels } = useView()
  const [typed, setTyped] = useState(text)
  return (
    <form
      className="bf-line-editor"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed.trim() !== '') void onSave(typed)
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onCancel()
      }}
    >
      <textarea
        // It was asked for just now.
        ref={focus}
        className="bf-field"
        part="line-text"
        dir="auto"
        rows={Math.min(8, 2 + Math.floor(text.length / 80))}
        aria-label={labels.lineText}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <div className="bf-row">
        <button type="submit" className="bf-button bf-primary" part="save-line">
          {labels.save}
        </button>
        <button type="button" className="bf-button" part="cancel" onClick={onCancel}>
          {labels.cancel}
        </button>
      </div>
    </form>
  )
}

function focus(field: HTMLTextAreaElement | null): void {
  field?.focus()
}
