import type { ReactElement } from 'react'
import { useEffect, useRef } from 'react'
import type { Chat } from '../../widget/chat/chat.ts'
import {
  ChatConversation,
  type ConversationHandle,
} from '../../widget/chat-view/conversation/chat-conversation.tsx'
import { adoptChatStyles } from '../../widget/chat-view/styles/chat-styles.ts'
import { ChatComposer } from './chat-composer.tsx'
import '../styles/chat-pane.css'

interface ChatPaneProps {
  readonly chat: Chat
  /** A message to be shown, such as one that was searched for. */
  readonly seq: number | null
}

/** The conversation itself: what was said, and where a person writes. */
export function ChatPane({ chat, seq }: ChatPaneProps): ReactElement {
  const handle = useRef<ConversationHandle>(null)
  adoptChatStyles(document)
  useEffect(() => {
    if (seq !== null) void handle.current?.reveal(seq)
  }, [chat, seq])
  return (
    <main className="zone session-zone chat-pane" id="main" aria-label="Session">
      <ChatConversation
        chat={chat}
        handle={handle}
        empty={<p className="empty">Nothing has been said yet.</p>}
      />
      <ChatComposer chat={chat} />
    </main>
  )
}
