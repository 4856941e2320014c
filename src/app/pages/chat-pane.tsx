import type { ReactElement, ReactNode } from 'react'
import { useEffect, useMemo, useRef } from 'react'
import type { Chat } from '../../widget/chat/chat.ts'
import {
  ChatConversation,
  type ConversationHandle,
} from '../../widget/chat-view/conversation/chat-conversation.tsx'
import { adoptChatStyles } from '../../widget/chat-view/styles/chat-styles.ts'
import { adoptComposerStyles } from '../../widget/composer/composer-styles.ts'
import { Composer, type ComposerHandle } from '../../widget/composer/composer.tsx'
import { widgetLabels } from '../../widget/composer/widget-labels.ts'
import { useLabels } from '../hooks/use-labels.ts'
import { hashOf } from '../shell/route.ts'
import '../styles/chat-pane.css'

interface ChatPaneProps {
  readonly chat: Chat
  /** A message to be shown, such as one that was searched for. */
  readonly seq: number | null
  /** BCP 47; what the chat says is in it where there are words for it. */
  readonly locale: string
  /** Somebody is set up to answer. */
  readonly isSetUp: boolean
  /** Stands in place of the composer where the chat is gone on with elsewhere. */
  readonly elsewhere?: ReactNode
  /** Stands between the conversation and where a person writes. */
  readonly note?: ReactNode
}

/** The conversation itself: what was said, and where a person writes. */
export function ChatPane({
  chat,
  seq,
  locale,
  isSetUp,
  elsewhere,
  note,
}: ChatPaneProps): ReactElement | null {
  const handle = useRef<ConversationHandle>(null)
  const composer = useRef<ComposerHandle>(null)
  const labels = useLabels(locale)
  const isReady = labels !== null
  const isElsewhere = elsewhere !== undefined
  const shown = useMemo(() => (isElsewhere ? withoutFailure(chat) : chat), [chat, isElsewhere])
  adoptChatStyles(document)
  adoptComposerStyles(document)
  useEffect(() => {
    if (isReady && seq !== null) void handle.current?.reveal(seq)
  }, [isReady, chat, seq])
  useEffect(() => {
    // Who begins a session wants to write. Where there is something to read, no keyboard covers it.
    if (isReady && chat.state.get().session.messages === 0) composer.current?.focus()
  }, [isReady, chat])
  return (
    <main className="zone session-zone chat-pane" id="main" aria-label="Session">
      {labels !== null && (
        <>
          {/* The policy of this page loads no picture of another host, whoever asks. */}
          <ChatConversation
            chat={shown}
            labels={labels}
            handle={handle}
            allowImages="never"
            isReadOnly={elsewhere !== undefined}
          />
          {note}
          {elsewhere}
          {!isSetUp && elsewhere === undefined && (
            <p className="hint chat-hint" data-testid="no-provider">
              Nobody answers here yet: what you write is kept.{' '}
              <a href={hashOf({ page: 'settings' })}>Choose who answers</a>
            </p>
          )}
          {elsewhere === undefined && (
            <div className="chat-composer" lang={labels.locale} dir={labels.direction}>
              <Composer chat={chat} labels={widgetLabels(labels.locale)} handle={composer} />
            </div>
          )}
        </>
      )}
    </main>
  )
}

/** An answer that is not here yet comes elsewhere: that nobody gives one here is no failure. */
function withoutFailure(chat: Chat): Chat {
  let last = chat.state.get()
  let told = { ...last, failure: null }
  return {
    ...chat,
    state: {
      get() {
        const state = chat.state.get()
        if (state !== last) {
          last = state
          told = { ...state, failure: null }
        }
        return told
      },
      subscribe: chat.state.subscribe,
    },
  }
}
