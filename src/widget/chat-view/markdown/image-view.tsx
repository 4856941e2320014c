import type { ReactElement } from 'react'
import { useState } from 'react'
import { Icon } from '../icon.tsx'
import { useView } from '../view-settings.ts'
import { decodeEntities } from './decode-entities.ts'
import { judgeImage } from './judge-image.ts'
import { plainName } from './plain-name.ts'

interface ImageViewProps {
  readonly url: string
  readonly alt: string
}

/**
 * An image of a message. One from another host is asked for only when a person wants it, or where the host of this page
 * has allowed it.
 *
 * @see SPEC.md rule MDV9
 */
export function ImageView({ url, alt }: ImageViewProps): ReactElement | null {
  const { labels, allowImages } = useView()
  const [wanted, setWanted] = useState<string | null>(null)
  const [failed, setFailed] = useState<string | null>(null)
  const judged = judgeImage(decodeEntities(url), allowImages, globalThis.location?.origin ?? '')
  const name = plainName(alt)
  if (judged.kind === 'none') return name === '' ? null : <span part="dead-image">{name}</span>
  if (failed === judged.url) {
    return (
      <span
        className="bf-image-card"
        part="image-card"
        role="group"
        aria-label={name || labels.image}
      >
        {labels.imageFailed} {name}
      </span>
    )
  }
  if (judged.kind === 'ask' && wanted !== judged.url) {
    return (
      <span className="bf-image-card" part="image-card">
        <Icon name="image" />
        <span className="bf-image-words">
          {name !== '' && (
            <>
              <bdi>{name}</bdi>
              <br />
            </>
          )}
          <bdi>{labels.imageFrom(judged.host)}</bdi>
        </span>
        {allowImages !== 'never' && (
          <button
            type="button"
            className="bf-button"
            part="load-image"
            onClick={() => setWanted(judged.url)}
          >
            {labels.loadImage}
          </button>
        )}
      </span>
    )
  }
  return (
    <img
      className="bf-image"
      part="image"
      src={judged.url}
      alt={name}
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={() => setFailed(judged.url)}
    />
  )
}
