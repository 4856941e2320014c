import { expect, test } from 'vitest'
import type { ChatModel, ChatOutcome } from '../../../../src/widget/chat/ask/chat-model.ts'
import { askBrowserAi } from '../../../../src/widget/chat/ask/browser-ai.ts'
import { browserAi } from '../../../../src/widget/chat/ask/lazy-browser-ai.ts'
import { respondModel, type Respond } from '../../../../src/widget/chat/ask/respond-model.ts'

let issued = 0

function modelOf(respond: Respond): ChatModel {
  return respondModel(
    { protocol: 'openai', model: 'own', respond, issueId: () => `call-${(issued += 1)}` },
    () => true,
  )
}

const ask = (
  model: ChatModel,
  abort = new AbortController(),
  messages: readonly unknown[] = [{ role: 'user', content: 'hi' }],
): Promise<ChatOutcome> =>
  model.ask({ messages, tools: [], signal: abort.signal, onProgress: () => {} })

test('[SEND7] pieces add up; what is no piece changes nothing; calls without ids get some', async () => {
  const outcome = await ask(
    modelOf(async function* () {
      yield 'Hel'
      yield { type: 'text', text: 'lo' }
      yield 7 as unknown as string
      yield { type: 'reasoning', text: 'hm' }
      yield { type: 'tool-call', name: 'add', input: { a: 1 } }
      yield { type: 'usage', inputTokens: 5 }
    }),
  )
  expect(outcome).toMatchObject({
    kind: 'finished',
    completion: { text: 'Hello', reasoning: 'hm', inputTokens: 5, calls: [{ input: '{"a":1}' }] },
    wire: {
      message: {
        content: 'Hello',
        tool_calls: [{ id: expect.stringMatching(/^call-/) as string }],
      },
    },
  })
})

test('[SEND7] a response of the protocol is read as a server’s', async () => {
  const body = JSON.stringify({
    choices: [{ message: { role: 'assistant', content: 'All' }, finish_reason: 'stop' }],
  })
  const headers = { 'content-type': 'application/json' }
  const outcome = await ask(modelOf(() => new Response(body, { headers })))
  expect(outcome).toMatchObject({ kind: 'finished', wire: { message: { content: 'All' } } })
  const refused = await ask(modelOf(() => new Response('no', { status: 401 })))
  expect(refused).toMatchObject({ kind: 'failed', failure: { status: 401 } })
})

test('[SEND8] a function that throws, before or behind its first piece, is a failure', async () => {
  const early = await ask(
    modelOf(() => {
      throw new Error('no model here')
    }),
  )
  expect(early).toMatchObject({ kind: 'failed', failure: { said: 'no model here' } })
  const late = await ask(
    modelOf(async function* () {
      yield 'half'
      throw new Error('broke')
    }),
  )
  expect(late).toMatchObject({ kind: 'failed', completion: { text: 'half' } })
})

test('[SEND8] a function that hangs is left when the answer is stopped', async () => {
  const abort = new AbortController()
  const asking = ask(
    modelOf(async function* () {
      yield 'half'
      abort.abort()
      await new Promise(() => {})
    }),
    abort,
  )
  expect(await asking).toMatchObject({ kind: 'stopped', completion: { text: 'half' } })
})

test('[SEND9] the browser’s model is given orders, history and question, needs no network, and says why not', async () => {
  const seen: unknown[] = []
  const scope = {
    isSecureContext: true,
    document: {},
    LanguageModel: {
      availability: async () => 'available',
      create: async (options: unknown) => {
        seen.push(options)
        return {
          promptStreaming: (prompt: string) => {
            seen.push(prompt)
            return new ReadableStream({
              start(controller) {
                controller.enqueue('It is ')
                controller.enqueue('blue.')
                controller.close()
              },
            })
          },
          destroy: () => void seen.push('destroyed'),
        }
      },
    },
  }
  const model = modelOf((request) => askBrowserAi(request, {}, scope))
  expect(modelOf(browserAi())).toMatchObject({
    needsNetwork: false,
    takesImages: false,
    toolFormat: null,
  })
  const outcome = await ask(model, undefined, [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hi' },
    { role: 'user', content: [{ type: 'text', text: 'What colour?' }] },
  ])
  expect(outcome).toMatchObject({ kind: 'finished', completion: { text: 'It is blue.' } })
  expect(seen).toMatchObject([
    {
      initialPrompts: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi' },
      ],
    },
    'What colour?',
    'destroyed',
  ])
  const none = await ask(
    modelOf((request) => askBrowserAi(request, {}, { isSecureContext: true, document: {} })),
  )
  expect(none).toMatchObject({
    kind: 'failed',
    failure: { said: expect.stringContaining('no AI of its own') as string },
  })
})
