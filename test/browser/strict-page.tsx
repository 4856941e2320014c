import './strict-runner.ts'
import { createRoot } from 'react-dom/client'
import { ChatConversation } from '../../src/widget/chat-view/conversation/chat-conversation.tsx'
import { ContextPanel } from '../../src/widget/chat-view/panels/context-panel.tsx'
import { adoptChatStyles } from '../../src/widget/chat-view/styles/chat-styles.ts'
import {
  createFakeChat,
  fakeFold,
  fakeGeneration,
  fakeItem,
  fakeMessage,
} from '../support/fake-chat.ts'

const TEXT =
  '**bold** [a](https://a.example) $x^2$ and $\\boxed{y}$\n\n| a |\n|:-:|\n| b |\n\n```ts\nlet a\n```\n\n<div>some <b>html</b></div>\n'

/** A chat with all kinds of things, in a shadow root as the element has it. */
function drawStrictly(): void {
  const host = document.body.appendChild(document.createElement('div'))
  const root = host.attachShadow({ mode: 'open' })
  adoptChatStyles(root)
  const place = root.appendChild(document.createElement('div'))
  place.style.blockSize = '600px'
  const line = {
    id: 'a',
    section: 'goal',
    text: 'x',
    sources: [1],
    tokens: 1,
    salience: 1,
  } as const
  const chat = createFakeChat({
    items: [
      fakeFold(1, 6),
      fakeItem(fakeMessage(7, 'user', 'Hello')),
      fakeItem(fakeMessage(8, 'assistant', TEXT)),
    ],
    answer: { phase: 'answering', text: '**grow', reasoning: '', calls: [] },
  })
  chat.behind.generations = [fakeGeneration(1, 6, [line])]
  createRoot(place).render(
    <>
      <ChatConversation chat={chat} />
      <ContextPanel chat={chat} />
    </>,
  )
}

drawStrictly()
