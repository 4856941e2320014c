import { useChat } from '@ai-sdk/react'
import { DefaultChatTransport } from 'ai'
import { openBackfold } from 'backfold'

const backfold = await openBackfold()
const transport = new DefaultChatTransport({ api: '/api/chat', fetch: backfold.fetch() })

export function Chat() {
  const { messages, sendMessage } = useChat({ transport })
  const send = (form) => void sendMessage({ text: form.get('words') })
  return (
    <form action={send}>
      {messages.map(({ id, parts }) => (
        <p key={id}>{parts.map(({ text }) => text)}</p>
      ))}
      <input name="words" />
    </form>
  )
}
