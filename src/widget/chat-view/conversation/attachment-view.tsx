import type { ReactElement } from 'react'
import type { Attachment } from '../../chat/chat.ts'
import { Icon } from '../icon.tsx'
import { ImageView } from '../markdown/image-view.tsx'
import { plainName } from '../markdown/plain-name.ts'
import { useView } from '../view-settings.ts'

interface AttachmentViewProps {
  readonly name: string
  readonly mediaType: string
  readonly url: string
  readonly bytes: number | null
}

/** A file of a message: an image that may be drawn as such, all else as a chip with its name. */
export function AttachmentView({ name, mediaType, url, bytes }: AttachmentViewProps): ReactElement {
  const { labels } = useView()
  const plain = plainName(name, 80) || labels.unnamedFile
  if (/^image\//i.test(mediaType)) {
    return (
      <span className="bf-attached-image">
        <ImageView url={url} alt={plainName(name) || labels.image} />
      </span>
    )
  }
  return (
    <span className="bf-chip" part="attachment">
      <Icon name="file" />
      <bdi>{labels.attachment(plain, bytes === null ? '' : labels.bytes(bytes))}</bdi>
    </span>
  )
}

/** The files of what waits to be sent. */
export function AttachmentList({
  files,
}: {
  readonly files: readonly Attachment[]
}): ReactElement | null {
  if (files.length === 0) return null
  return (
    <div className="bf-attachments" part="attachments">
      {files.map(({ key, ...file }) => (
        <AttachmentView key={key} {...file} />
      ))}
    </div>
  )
}

/** Bytes of a data URL, about; null where they are elsewhere. */
export function bytesOf(url: string): number | null {
  if (!url.startsWith('data:')) return null
  const comma = url.indexOf(',')
  const length = url.length - comma - 1
  return url.lastIndexOf(';base64', comma) > 0 ? Math.floor((length * 3) / 4) : length
}
