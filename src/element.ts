/** Published as `backfold/element`: importing it defines `<backfold-chat>`. */
import { BackfoldChatElement } from './widget/element/chat-element.ts'
import { defineElement } from './widget/element/define-element.ts'
import type { ElementEvents } from './widget/element/element-events.ts'

export { BackfoldChatElement } from './widget/element/chat-element.ts'
export type { ElementEvents } from './widget/element/element-events.ts'
export type { ElementPosition, ElementProtocol } from './widget/element/element-options.ts'
export type { MessageActions } from './widget/element/message-actions.ts'
export { browserAi } from './widget/chat/ask/lazy-browser-ai.ts'
export type { BrowserAiOptions } from './widget/chat/ask/browser-ai.ts'
export type {
  Respond,
  RespondAnswer,
  RespondPiece,
  RespondRequest,
} from './widget/chat/ask/respond-model.ts'
export type {
  Attachment,
  Chat,
  ChatAnswer,
  ChatFailure,
  ChatItem,
  ChatState,
  MessageItem,
  Rating,
  ToolLine,
} from './widget/chat/chat.ts'
export type { FailureCode } from './widget/chat/failure-code.ts'
export type { HostTool, HostToolCall, HostTools } from './widget/chat/shell/host-tools.ts'
export type { ChatLabels } from './widget/chat-view/labels/chat-labels.ts'
export type { WidgetLabels } from './widget/composer/widget-labels.ts'

defineElement('backfold-chat', BackfoldChatElement)

declare global {
  interface HTMLElementTagNameMap {
    'backfold-chat': BackfoldChatElement
  }
  interface HTMLElementEventMap extends BackfoldElementEventMap {}
}

/** The events of the element, as listeners get them. */
export type BackfoldElementEventMap = {
  readonly [T in keyof ElementEvents]: CustomEvent<ElementEvents[T]>
}
