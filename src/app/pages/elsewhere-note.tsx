import type { ReactElement } from 'react'
import { useState } from 'react'
import type { Session } from '../../client/session.ts'
import type { ChatPlace } from '../keep/chat-place.ts'
import type { Keep } from '../keep/keep-world.ts'

interface ElsewhereNoteProps {
  readonly keep: Keep
  readonly session: Session
  readonly place: ChatPlace
}

/** Says where a chat lives that is only archived here, and how it is gone on with. */
export function ElsewhereNote({ keep, session, place }: ElsewhereNoteProps): ReactElement {
  const [said, setSaid] = useState('')
  const copy = async (): Promise<void> => {
    const text = await keep.attempt('writing the context', () =>
      session.markdown({ of: 'context' }),
    )
    if (text === null) return
    await navigator.clipboard.writeText(text).then(
      () => setSaid('The hand-off is in the clipboard: begin a new chat with it.'),
      () => setSaid('This browser does not allow copying here.'),
    )
  }
  return (
    <div className="elsewhere" data-testid="elsewhere">
      <p>
        This chat lives on <bdi>{place.name}</bdi>. It is archived here, and gone on with there.
      </p>
      <div className="button-row">
        {place.url !== null && (
          <a className="plain" href={place.url} target="_blank" rel="noopener noreferrer">
            Open it there
          </a>
        )}
        <button
          type="button"
          className="plain"
          onClick={() => void copy()}
          data-testid="copy-hand-off"
        >
          Copy a hand-off
        </button>
      </div>
      <p className="hint" role="status">
        {said}
      </p>
    </div>
  )
}
