import type { KeyboardEvent, ReactElement } from 'react'
import { useState } from 'react'
import type { LiveAnswer } from '../live/live-host.ts'
import { Icon } from './icon.tsx'

interface ComposerProps {
  readonly ready: boolean
  readonly live: boolean
  readonly replays: boolean
  readonly answer: LiveAnswer | null
  readonly onSay: (text: string) => void
  readonly onStop: () => void
  readonly onLive: () => void
}

/** Where a person types. Never waits for a job: what is said is appended at once. */
export function Composer(props: ComposerProps): ReactElement {
  const [text, setText] = useState('')
  const send = (): void => {
    if (text.trim() === '') return
    props.onSay(text)
    setText('')
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  return (
    <form
      className="composer"
      aria-label="Say something"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div className="composer-row">
        <textarea
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKey}
          disabled={!props.ready}
          rows={1}
          aria-label="Your message"
          placeholder="Type at any moment"
          data-testid="composer"
        />
        {props.answer !== null && (
          <button type="button" className="plain" onClick={props.onStop} data-testid="stop-answer">
            <Icon name="stop" /> Stop
          </button>
        )}
        <button
          type="submit"
          className="plain"
          disabled={!props.ready || text.trim() === ''}
          data-testid="send"
        >
          <Icon name="send" /> Send
        </button>
      </div>
      <p className="composer-mode" data-testid="composer-mode">
        {props.live
          ? 'Live mode is on: the model answers, from the folded context.'
          : props.replays
            ? 'In a replay nobody answers you; your message is appended to the log at once.'
            : 'Nobody answers yet; your message is appended to the log at once.'}
        <button type="button" className="link" onClick={props.onLive} data-testid="live-toggle">
          {props.live ? 'Live mode settings' : 'Turn on live mode'}
        </button>
      </p>
    </form>
  )
}
