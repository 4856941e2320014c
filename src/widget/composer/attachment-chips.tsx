import type { ReactElement } from 'react'
import type { Attachment } from '../chat/chat.ts'
import { FrameIcon } from './frame-icon.tsx'
import type { WidgetLabels } from './widget-labels.ts'

export interface AttachmentChipsProps {
  readonly attachments: readonly Attachment[]
  readonly labels: WidgetLabels
  readonly onRemove: (key: string) => void
}

/** The files that go with what is written, each with the way to leave it out. */
export function AttachmentChips({
  attachments,
  labels,
  onRemove,
}: AttachmentChipsProps): ReactElement | null {
  if (attachments.length === 0) return null
  return (
    <ul className="bfw-chips" aria-label={labels.attachments}>
      {attachments.map(({ key, name, mediaType, url }) => {
        const called = name === '' ? labels.image : name
        return (
          <li key={key} className="bfw-chip" part="attachment">
            {mediaType.startsWith('image/') && <img className="bfw-thumb" src={url} alt="" />}
            <span className="bfw-chip-name">{called}</span>
            <button
              type="button"
              className="bfw-chip-remove"
              aria-label={labels.removeFile(called)}
              onClick={() => onRemove(key)}
            >
              <FrameIcon name="remove" />
            </button>
          </li>
        )
      })}
    </ul>
  )
}
