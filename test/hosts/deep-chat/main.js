import 'deep-chat'
import { openBackfold } from 'backfold'

const asked = new URLSearchParams(location.search)
const server = asked.get('server')

if (!asked.has('without')) {
  const backfold = await openBackfold()
  globalThis.reports = []
  const policy = { budget: { tokens: 2_000 }, retainedTail: { messages: 2, share: 0.02 } }
  const onRequest = (report) => globalThis.reports.push(report)
  globalThis.fetch = backfold.fetch({ policy, waitMs: 10_000, onRequest })
}

const chat = document.createElement('deep-chat')
if (asked.has('direct')) {
  chat.connect = { url: `${server}/v1/chat/completions`, stream: true }
  chat.directConnection = {
    openAI: {
      key: 'test',
      completions: true,
      // Its options for completions as well.
      chat: { model: 'scripted', system_prompt: 'Answer as a pilot.', temperature: 0.3 },
    },
  }
} else {
  const additionalBodyProps = { model: 'scripted', harbour: { name: 'Ostend', berths: [1, 2] } }
  chat.connect = { url: `${server}/chat`, stream: true, additionalBodyProps }
  // All of them.
  chat.requestBodyLimits = { maxMessages: -1 }
}
chat.browserStorage = { maxMessages: 1_000 }
document.body.append(chat)
