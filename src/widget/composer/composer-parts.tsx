import type { ReactElement } from 'react'
import { useRef } from 'react'
import { FrameIcon } from './frame-icon.tsx'
import type { WidgetLabels } from './widget-labels.ts'

interface NotesProps {
  readonly labels: WidgetLabels
  readonly isDropping: boolean
  readonly isOnline: boolean
  readonly isEditing: boolean
  readonly onCancel: () => void
}

/** What there is to know about what is being written. */
export function ComposerNotes(props: NotesProps): ReactElement {
  const { labels, isDropping, isOnline, isEditing, onCancel } = props
  return (
    <>
      {isDropping && <p className="bfw-note">{labels.dropHere}</p>}
      {!isOnline && (
        <p className="bfw-note" part="offline" role="status">
          {labels.offline}
        </p>
      )}
      {isEditing && (
        <p className="bfw-note" part="editing">
          {labels.editing}{' '}
          <button type="button" className="bfw-text-button" onClick={onCancel}>
            {labels.cancelEditing}
          </button>
        </p>
      )}
    </>
  )
}

interface AttachButtonProps {
  readonly labels: WidgetLabels
  readonly onFiles: (files: FileList | null) => void
}

/** Opens the browser's own choice of files. */
export function AttachButton({ labels, onFiles }: AttachButtonProps): ReactElement {
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles(event.currentTarget.files)
          event.currentTarget.value = ''
        }}
      />
      <button
        type="button"
        className="bfw-round"
        part="attach"
        aria-label={labels.attach}
        title={labels.attach}
        onClick={() => picker.current?.click()}
      >
        <FrameIcon name="attach" />
      </button>
    </>
  )
}

interface SendButtonsProps {
  readonly labels: WidgetLabels
  readonly isAnswering: boolean
  readonly isOnline: boolean
  readonly isEmpty: boolean
  readonly onStop: () => void
}

/** Stops the answer on its way; sends what is written, also meanwhile. */
export function SendButtons(props: SendButtonsProps): ReactElement {
  const { labels, isAnswering, isOnline, isEmpty, onStop } = props
  const send = isOnline ? labels.send : labels.queue
  return (
    <>
      {isAnswering && (
        <button
          type="button"
          className="bfw-round"
          part="stop"
          aria-label={labels.stop}
          title={labels.stop}
          onClick={onStop}
        >
          <FrameIcon name="stop" />
        </button>
      )}
      {(!isAnswering || !isEmpty) && (
        <button
          type="submit"
          className="bfw-round bfw-primary"
          part="send"
          aria-label={send}
          title={send}
          aria-disabled={isEmpty}
        >
          <FrameIcon name="send" />
        </button>
      )}
    </>
  )
}
