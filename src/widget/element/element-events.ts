import type { Message, Seq } from '../../core/session/message.ts'
import type { Backfold, Session } from '../../client/session.ts'
import type { Attachment, Chat, ChatFailure, Rating } from '../chat/chat.ts'

/** What each event of the element tells in its `detail`. All bubble and leave the shadow root. */
export interface ElementEvents {
  /** The session is open. */
  readonly 'backfold-ready': {
    readonly chat: Chat
    readonly session: Session
    readonly backfold: Backfold
  }
  /** Something is about to be sent; `preventDefault()` keeps it in the composer. */
  readonly 'backfold-send': {
    readonly text: string
    readonly attachments: readonly Attachment[]
  }
  /** A message of the person was appended. */
  readonly 'backfold-message': { readonly seq: Seq; readonly text: string }
  /** An answer was appended, whole or as far as it came. */
  readonly 'backfold-answer': {
    readonly seq: Seq
    readonly text: string
    readonly outcome: 'finished' | 'stopped' | 'failed'
  }
  readonly 'backfold-error': ChatFailure
  readonly 'backfold-folded': { readonly generation: number }
  readonly 'backfold-feedback': { readonly seq: Seq; readonly rating: Rating | null }
  /** The window at the side, or of the bubble, was opened or closed. */
  readonly 'backfold-toggle': { readonly open: boolean }
  /** A person wants a new session; `preventDefault()` leaves it to the host, else its id is this one. */
  readonly 'backfold-new-session': { readonly session: string }
  /** Something with `data-action` in the host's message actions was pressed. */
  readonly 'backfold-action': { readonly action: string; readonly message: Message }
}

/** Dispatches one of the events; false if it was prevented. */
export function tellHost<T extends keyof ElementEvents>(
  target: EventTarget,
  type: T,
  detail: ElementEvents[T],
): boolean {
  const cancelable = type === 'backfold-send' || type === 'backfold-new-session'
  return target.dispatchEvent(
    new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable }),
  )
}
