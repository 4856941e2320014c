import type { KeyboardEvent, ReactElement, ReactNode, Ref } from 'react'
import { useCallback, useEffect, useImperativeHandle, useRef, useState } from 'react'
import type { Message } from '../../core/session/message.ts'
import type { ConversationHandle } from '../chat-view/conversation/chat-conversation.tsx'
import { ChatConversation } from '../chat-view/conversation/chat-conversation.tsx'
import type { ChatLabels } from '../chat-view/labels/chat-labels.ts'
import { ContextPanel } from '../chat-view/panels/context-panel.tsx'
import type { Chat } from '../chat/chat.ts'
import { ChatHeader } from '../composer/chat-header.tsx'
import { Composer, type ComposerHandle } from '../composer/composer.tsx'
import { EmptyWords } from '../chat-view/conversation/empty-view.tsx'
import { FrameIcon } from '../composer/frame-icon.tsx'
import type { WidgetLabels } from '../composer/widget-labels.ts'
import { useObservable } from '../hooks/use-observable.ts'
import type { ElementOptions } from './element-options.ts'
import type { Runtime } from './element-runtime.ts'
import { HostActions } from './host-actions.tsx'
import type { MessageActions } from './message-actions.ts'

/** What the element can have its contents do. */
export interface AppHandle {
  focus(): void
}

export interface ElementAppProps {
  readonly runtime: Runtime
  readonly options: ElementOptions
  readonly labels: ChatLabels
  readonly words: WidgetLabels
  readonly actions: MessageActions | null
  readonly onToggle: (isOpen: boolean) => void
  readonly onNewSession: () => void
  readonly onAction: (action: string, message: Message) => void
  readonly handle: Ref<AppHandle>
}

/** All that stands in the element's shadow root. @see SPEC.md rules ELEM7, ELEM10 */
export function ElementApp(props: ElementAppProps): ReactElement {
  const { options, words, labels, onToggle, handle } = props
  const { position, open } = options
  const launcher = useRef<HTMLButtonElement>(null)
  const composer = useRef<ComposerHandle>(null)
  const frame = useRef<HTMLDivElement>(null)
  const isFloating = position !== 'inline'
  const isShown = !isFloating || open
  useImperativeHandle(handle, () => ({
    focus: () => (isShown ? composer.current?.focus() : launcher.current?.focus()),
  }))
  const wasShown = useRef(isShown)
  useEffect(() => {
    const before = wasShown.current
    wasShown.current = isShown
    if (before === isShown || !isFloating) return
    if (isShown) composer.current?.focus()
    // Whoever closes it stands in it, or nowhere; what has the focus elsewhere keeps it.
    else if (frame.current?.getRootNode() instanceof ShadowRoot) launcher.current?.focus()
  }, [isShown, isFloating])
  const name = options.heading ?? words.heading
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented || !isFloating) return
    event.stopPropagation()
    onToggle(false)
  }
  const window = (
    <div
      className="bfw-window"
      part="window"
      id="bfw-window"
      {...(isFloating ? { role: 'dialog', 'aria-label': name, onKeyDown } : {})}
    >
      <WindowContent {...props} composer={composer} isFloating={isFloating} />
    </div>
  )
  return (
    <div
      ref={frame}
      className="bfw-frame"
      data-position={position}
      data-open={isShown}
      lang={labels.locale}
      dir={labels.direction}
    >
      {isShown && window}
      {isFloating && (
        <button
          ref={launcher}
          type="button"
          className="bfw-launcher"
          part="launcher"
          aria-label={isShown ? words.close : words.open}
          aria-expanded={isShown}
          {...(isShown && { 'aria-controls': 'bfw-window' })}
          onClick={() => onToggle(!isShown)}
        >
          <FrameIcon name={isShown ? 'remove' : 'chat'} />
        </button>
      )}
    </div>
  )
}

interface ContentProps extends ElementAppProps {
  readonly composer: Ref<ComposerHandle>
  readonly isFloating: boolean
}

function WindowContent(props: ContentProps): ReactElement {
  const { runtime, words } = props
  const state = useObservable(runtime.state)
  switch (state.status) {
    case 'opening':
      return (
        <State>
          <p role="status">{words.opening}</p>
        </State>
      )
    case 'failed':
      return (
        <State>
          <p role="alert">
            {words.openFailed} {state.error.message}
          </p>
          <button type="button" className="bfw-text-button" onClick={() => runtime.retry()}>
            {words.tryAgain}
          </button>
        </State>
      )
    case 'ready':
      return <ChatContent {...props} chat={state.chat} />
  }
}

function State({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className="bfw-state">{children}</div>
}

function ChatContent(props: ContentProps & { readonly chat: Chat }): ReactElement {
  const { chat, options, labels, words, actions, onAction, isFloating } = props
  const [isPanelOpen, setPanelOpen] = useState(false)
  const conversation = useRef<ConversationHandle>(null)
  const drawActions = useCallback(
    (message: Message) =>
      actions === null ? null : (
        <HostActions message={message} actions={actions} onAction={onAction} />
      ),
    [actions, onAction],
  )
  return (
    <>
      <ChatHeader
        chat={chat}
        labels={words}
        gauge={labels.panels.gauge}
        heading={options.heading ?? words.heading}
        isPanelOpen={isPanelOpen}
        onTogglePanel={() => setPanelOpen(!isPanelOpen)}
        isReadOnly={options.readOnly}
        {...(options.readOnly ? {} : { onNewSession: props.onNewSession })}
        {...(isFloating && { onClose: () => props.onToggle(false) })}
      >
        <slot name="header" />
      </ChatHeader>
      <div className="bfw-body">
        <ChatConversation
          chat={chat}
          labels={labels}
          allowImages={options.allowImages}
          isReadOnly={options.readOnly}
          isCovered={isPanelOpen}
          empty={emptySlot(labels)}
          actions={actions === null ? undefined : drawActions}
          handle={conversation}
        />
        {isPanelOpen && (
          <SidePanel
            chat={chat}
            labels={labels}
            isReadOnly={options.readOnly}
            onReveal={(seq) => {
              setPanelOpen(false)
              void conversation.current?.reveal(seq)
            }}
            onClose={() => setPanelOpen(false)}
          />
        )}
      </div>
      {options.readOnly ? (
        <p className="bfw-note bfw-composer">{words.readOnly}</p>
      ) : (
        <Composer
          chat={chat}
          labels={words}
          placeholder={options.placeholder}
          handle={props.composer}
        />
      )}
      <slot name="footer" />
    </>
  )
}

function emptySlot(labels: ChatLabels): ReactElement {
  return (
    <slot name="empty">
      <EmptyWords labels={labels} />
    </slot>
  )
}

interface SidePanelProps {
  readonly chat: Chat
  readonly labels: ChatLabels
  readonly isReadOnly: boolean
  readonly onReveal: (seq: number) => void
  readonly onClose: () => void
}

/** What stands behind the conversation, over it; Escape closes it and gives the focus back. */
function SidePanel({ onClose, ...shown }: SidePanelProps): ReactElement {
  const panel = useRef<HTMLDivElement>(null)
  const close = (): void => {
    const root = panel.current?.getRootNode()
    if (root instanceof ShadowRoot)
      root.querySelector<HTMLElement>('.bfw-header [aria-expanded]')?.focus()
    onClose()
  }
  return (
    <div
      ref={panel}
      role="presentation"
      className="bfw-panel"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        close()
      }}
    >
      <ContextPanel {...shown} onClose={close} />
    </div>
  )
}
