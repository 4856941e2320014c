import type { KeyboardEvent, ReactElement } from 'react'
import { useRef, useState } from 'react'
import type { Chat } from '../../widget/chat/chat.ts'
import { useObservable } from '../../widget/hooks/use-observable.ts'
import { fileSize } from '../view/token-format.ts'
import { Icon } from '../zones/icon.tsx'

/** Where a person writes: text, files, what was written before. */
export function ChatComposer({ chat }: { readonly chat: Chat }): ReactElement {
  const { draft, attachments, editing, answer, isOnline, history } = useObservable(chat.state)
  const picker = useRef<HTMLInputElement>(null)
  // How far back in what was written before; -1 for what is being written.
  const [back, setBack] = useState(-1)
  const canSend = draft.trim() !== '' || attachments.length > 0
  const send = (): void => {
    setBack(-1)
    if (canSend) void chat.send()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape' && editing !== null) chat.edit(null)
    else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      const next = back + (event.key === 'ArrowUp' ? 1 : -1)
      const isAway = draft !== '' && draft !== history[back]
      if (isAway || next < -1 || next >= history.length) return
      event.preventDefault()
      setBack(next)
      chat.setDraft(history[next] ?? '')
    }
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
      {attachments.length > 0 && (
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
      )}
      <div className="chat-composer-row">
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
