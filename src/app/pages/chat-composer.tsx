import type { KeyboardEvent, ReactElement } from 'react'
import { useRef, useState } from 'react'
import type { Attachment, Chat } from '../../widget/chat/chat.ts'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import { fileSize } from '../view/token-format.ts'
import { Icon } from '../zones/icon.tsx'

/** Where a person writes: text, files, what was written before. */
export function ChatComposer({ chat }: { readonly chat: Chat }): ReactElement {
  const { draft, attachments, editing, answer, isOnline } = useObservable(chat.state)
  const canSend = draft.trim() !== '' || attachments.length > 0
  const send = (): void => {
    if (canSend) void chat.send()
  }
  return (
    <form
      className="chat-composer"
      aria-label="Write"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {editing !== null && (
        <p className="hint">
          This replaces message {editing}; what follows it is left behind on a branch.{' '}
          <button type="button" className="link" onClick={() => chat.edit(null)}>
            Leave it as it is
          </button>
        </p>
      )}
      {!isOnline && (
        <p className="hint" role="status">
          No connection: what you write is kept, and sent once there is one.
        </p>
      )}
      <AttachmentList chat={chat} attachments={attachments} />
      <div className="chat-composer-row">
        <AttachButton chat={chat} />
        <DraftField chat={chat} onSend={send} />
        {answer === null ? (
          <button
            type="submit"
            className="round"
            aria-label="Send"
            disabled={!canSend}
            data-testid="chat-send"
          >
            <Icon name="send" />
          </button>
        ) : (
          <button type="button" className="round" aria-label="Stop" onClick={() => chat.stop()}>
            <Icon name="stop" />
          </button>
        )}
      </div>
    </form>
  )
}

interface DraftFieldProps {
  readonly chat: Chat
  readonly onSend: () => void
}

/** Return sends, with Shift it breaks the line; the arrow keys go through what was written before. */
function DraftField({ chat, onSend }: DraftFieldProps): ReactElement {
  const { draft, editing, history } = useObservable(chat.state)
  // How far back in what was written before; -1 for what is being written.
  const [back, setBack] = useState(-1)
  const goBack = (event: KeyboardEvent, next: number): void => {
    const isAway = draft !== '' && draft !== history[back]
    if (isAway || next < -1 || next >= history.length) return
    event.preventDefault()
    setBack(next)
    chat.setDraft(history[next] ?? '')
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      setBack(-1)
      onSend()
    } else if (event.key === 'Escape' && editing !== null) chat.edit(null)
    else if (event.key === 'ArrowUp') goBack(event, back + 1)
    else if (event.key === 'ArrowDown') goBack(event, back - 1)
  }
  return (
    <textarea
      rows={1}
      value={draft}
      dir="auto"
      aria-label="Message"
      placeholder="Write a message"
      onChange={({ target }) => chat.setDraft(target.value)}
      onKeyDown={onKeyDown}
      data-testid="chat-draft"
    />
  )
}

interface AttachmentListProps {
  readonly chat: Chat
  readonly attachments: readonly Attachment[]
}

function AttachmentList({ chat, attachments }: AttachmentListProps): ReactElement | null {
  if (attachments.length === 0) return null
  return (
    <ul className="attachments">
      {attachments.map(({ key, name, bytes }) => (
        <li key={key}>
          <bdi>{name}</bdi> <span className="hint">{fileSize(bytes)}</span>
          <button
            type="button"
            className="quiet"
            aria-label={`Take ${name} off`}
            onClick={() => chat.detach(key)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  )
}

function AttachButton({ chat }: { readonly chat: Chat }): ReactElement {
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        className="visually-hidden"
        tabIndex={-1}
        aria-label="Files to send"
        onChange={({ target }) => {
          void chat.attach([...(target.files ?? [])])
          target.value = ''
        }}
      />
      <button
        type="button"
        className="quiet"
        aria-label="Attach files"
        onClick={() => picker.current?.click()}
      >
        <Icon name="plus" />
      </button>
    </>
  )
}
