import { useChat } from '@ai-sdk/react'
import { DefaultChatTransport } from 'ai'
import { openBackfold } from 'backfold'
import { useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'

const asked = new URLSearchParams(location.search)
const server = asked.get('server')

const policy = { budget: { tokens: 2_000 }, retainedTail: { messages: 2, share: 0.02 } }
const onRequest = (report) => globalThis.reports.push(report)
globalThis.reports = []

const backfold = asked.has('without') ? undefined : await openBackfold()
const transport = new DefaultChatTransport({
  api: `${server}/api/chat`,
  body: { harbour: { name: 'Ostend', berths: [1, 2] } },
  ...(backfold && { fetch: backfold.fetch({ policy, waitMs: 10_000, onRequest }) }),
})

const saved = JSON.parse(localStorage.getItem('messages') ?? '[]')
let made = 0
// The same in every run, so that runs can be compared.
const generateId = () => `${saved.length}-${(made += 1)}`

function Chat() {
  const [words, setWords] = useState('')
  const [edited, setEdited] = useState()
  const { messages, sendMessage, regenerate, stop, status } = useChat({
    ...{ id: 'harbour', messages: saved, generateId, transport },
  })
  useEffect(() => {
    if (status === 'ready') localStorage.setItem('messages', JSON.stringify(messages))
  }, [messages, status])
  const submit = (event) => {
    event.preventDefault()
    void sendMessage(edited === undefined ? { text: words } : { text: words, messageId: edited })
    setWords('')
    setEdited(undefined)
  }
  return (
    <>
      {messages.map(({ id, role, parts }) => (
        <article key={id} data-role={role}>
          <p>{parts.map((part) => (part.type === 'text' ? part.text : ''))}</p>
          {role === 'user' && <button onClick={() => setEdited(id)}>Edit</button>}
        </article>
      ))}
      <form onSubmit={submit}>
        <input aria-label="Message" value={words} onChange={(e) => setWords(e.target.value)} />
        {status === 'ready' || status === 'error' ? (
          <button type="button" onClick={() => void regenerate()}>
            Regenerate
          </button>
        ) : (
          <button type="button" onClick={() => void stop()}>
            Stop
          </button>
        )}
      </form>
    </>
  )
}

const root = createRoot(document.querySelector('#root'))
if (asked.has('example')) {
  const example = await import('./chat.jsx')
  root.render(<example.Chat />)
} else root.render(<Chat />)
