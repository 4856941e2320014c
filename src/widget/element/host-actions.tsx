import type { ReactElement } from 'react'
import { useEffect, useRef } from 'react'
import type { Message } from '../../core/session/message.ts'
import type { MessageActions } from './message-actions.ts'

export interface HostActionsProps {
  readonly message: Message
  readonly actions: MessageActions
  readonly onAction: (action: string, message: Message) => void
}

/** The host's own actions of a message. What has `data-action` tells when it is pressed. @see SPEC.md rule ELEM8 */
export function HostActions({ message, actions, onAction }: HostActionsProps): ReactElement {
  const place = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const { current } = place
    if (current === null) return undefined
    const given = actions(message)
    current.replaceChildren(...(given === null ? [] : [given]))
    const onClick = (event: Event): void => {
      const pressed = event.target instanceof Element ? event.target.closest('[data-action]') : null
      const action = pressed?.getAttribute('data-action')
      if (action != null) onAction(action, message)
    }
    current.addEventListener('click', onClick)
    return () => current.removeEventListener('click', onClick)
  }, [message, actions, onAction])
  return <span ref={place} part="message-actions" data-seq={message.seq} />
}
