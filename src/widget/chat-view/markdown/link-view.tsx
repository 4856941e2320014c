import type { ReactElement, ReactNode } from 'react'
import { decodeEntities } from './decode-entities.ts'
import { judgeLink } from './judge-link.ts'

interface LinkViewProps {
  readonly href: string
  /** What is drawn, as text: it is compared with where the link leads. */
  readonly text: string
  readonly children: ReactNode
}

/**
 * A link that tells its target nothing about this page, and says where it leads if its text says otherwise; only its
 * text where it may not be followed.
 *
 * @see SPEC.md rule MDV8
 */
export function LinkView({ href, text, children }: LinkViewProps): ReactElement {
  const link = judgeLink(decodeEntities(href), text)
  if (link === null) return <span part="dead-link">{children}</span>
  return (
    <a
      part="link"
      href={link.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      referrerPolicy="no-referrer"
    >
      {children}
      {link.host !== null && (
        <bdi className="bf-host" part="link-host" dir="ltr">
          {` (${link.host})`}
        </bdi>
      )}
    </a>
  )
}
