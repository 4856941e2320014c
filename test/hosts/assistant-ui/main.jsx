import {
  ActionBarPrimitive,
  AssistantRuntimeProvider,
  ComposerPrimitive,
  MessagePartPrimitive,
  MessagePrimitive,
  ThreadPrimitive,
} from '@assistant-ui/react'
import { AssistantChatTransport, useChatRuntime } from '@assistant-ui/react-ai-sdk'
import { openBackfold } from 'backfold'
import { createRoot } from 'react-dom/client'

const asked = new URLSearchParams(location.search)
const server = asked.get('server')

const policy = { budget: { tokens: 2_000 }, retainedTail: { messages: 2, share: 0.02 } }
const onRequest = (report) => globalThis.reports.push(report)
globalThis.reports = []

const backfold = asked.has('without') ? undefined : await openBackfold()
const transport = new AssistantChatTransport({
  api: `${server}/api/chat`,
  body: { harbour: { name: 'Ostend', berths: [1, 2] } },
  ...(backfold && { fetch: backfold.fetch({ policy, waitMs: 10_000, onRequest }) }),
})

let made = 0
// The same in every run, so that runs can be compared.
const generateId = () => `message-${(made += 1)}`

// As it comes, without an animation.
function Text() {
  return <MessagePartPrimitive.Text smooth={false} />
}

function UserMessage() {
  return (
    <MessagePrimitive.Root data-role="user">
      <p>
        <MessagePrimitive.Parts components={{ Text }} />
      </p>
      <ActionBarPrimitive.Edit>Edit</ActionBarPrimitive.Edit>
    </MessagePrimitive.Root>
  )
}

function EditComposer() {
  return (
    <ComposerPrimitive.Root>
      <ComposerPrimitive.Input aria-label="Edit" />
      <ComposerPrimitive.Send>Save</ComposerPrimitive.Send>
    </ComposerPrimitive.Root>
  )
}

function AssistantMessage() {
  return (
    <MessagePrimitive.Root data-role="assistant">
      <p>
        <MessagePrimitive.Parts components={{ Text }} />
      </p>
      <ActionBarPrimitive.Reload>Regenerate</ActionBarPrimitive.Reload>
    </MessagePrimitive.Root>
  )
}

function App() {
  const runtime = useChatRuntime({ transport, generateId })
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <ThreadPrimitive.Root>
        <ThreadPrimitive.Viewport>
          <ThreadPrimitive.Messages components={{ UserMessage, EditComposer, AssistantMessage }} />
        </ThreadPrimitive.Viewport>
        <ComposerPrimitive.Root>
          <ComposerPrimitive.Input aria-label="Message" />
          <ThreadPrimitive.If running>
            <ComposerPrimitive.Cancel>Stop</ComposerPrimitive.Cancel>
          </ThreadPrimitive.If>
        </ComposerPrimitive.Root>
      </ThreadPrimitive.Root>
    </AssistantRuntimeProvider>
  )
}

createRoot(document.querySelector('#root')).render(<App />)
