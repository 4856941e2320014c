import type { ReactElement } from 'react'
import { useEffect, useState } from 'react'
import { Icon } from './icon.tsx'
import { useView } from './view-settings.ts'

interface CopyButtonProps {
  readonly label: string
  /** Asked for when it is pressed. */
  readonly text: () => string
}

/** How long it says that it has copied, in milliseconds. */
const SAID_MS = 2_000

/** Copies a text as it was written. */
export function CopyButton({ label, text }: CopyButtonProps): ReactElement | null {
  const { labels } = useView()
  const [copied, setCopied] = useState(0)
  useEffect(() => {
    if (copied === 0) return undefined
    const timer = setTimeout(() => setCopied(0), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = (): void => {
    // Missing on pages that are not secure, and refused where the browser sees no gesture.
    const { clipboard } = navigator as { readonly clipboard?: Clipboard }
    clipboard?.writeText(text()).then(
      () => setCopied((before) => before + 1),
      () => setCopied(0),
    )
  }
  return (
    <button
      type="button"
      className="bf-tool"
      part="action copy"
      data-action="copy"
      aria-label={copied > 0 ? labels.copied : label}
      title={label}
      onClick={copy}
    >
      <Icon name={copied > 0 ? 'check' : 'copy'} />
    </button>
  )
}
