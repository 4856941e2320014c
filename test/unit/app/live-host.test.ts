import { expect, test } from 'vitest'
import { providerOf } from '../../../src/widget/chat/ask/endpoint.ts'
import type { LiveHost } from '../../../src/app/live/live-host.ts'
import { createLiveHost } from '../../../src/app/live/live-host.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { textOf } from '../../../src/core/session/message.ts'
import { createFakeSession } from './fake-session.ts'

const ENDPOINT = { baseUrl: 'https://e.com/v1', model: 'small', key: '' }
const chunk = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const WHOLE =
  chunk({ choices: [{ delta: { content: 'Yes.' }, finish_reason: 'stop' }] }) +
  chunk({ choices: [], usage: { prompt_tokens: 321 } }) +
  'data: [DONE]\n\n'

interface Stage {
  readonly host: LiveHost
  readonly appended: Draft[]
  readonly calls: readonly string[]
  readonly reported: unknown[]
  readonly idle: () => Promise<void>
}

function stage(answer: (signal: AbortSignal) => Response | Promise<Response>): Stage {
  const session = createFakeSession()
  const appended: Draft[] = []
  const reported: unknown[] = []
  const host = createLiveHost({
    session,
    append: async (draft) => {
      session.calls.push('append answer')
      appended.push(draft)
    },
    fetchLike: async (_url, init) => {
      session.calls.push('fetch')
      return answer(init.signal as AbortSignal)
    },
    turn: async (provider, work) => {
      session.calls.push(`turn ${provider}`)
      const outcome = await work()
      session.calls.push('turn over')
      return outcome
    },
    isOnline: () => true,
    changed: () => undefined,
    report: (error) => void reported.push(error),
  })
  const idle = async (): Promise<void> => {
    do await new Promise((resolve) => setTimeout(resolve, 1))
    while (host.answer() !== null)
  }
  return { host, appended, calls: session.calls, reported, idle }
}

test('[APP43] an answer is asked for with the context, appended at the end, and its usage reported', async () => {
  const { host, appended, calls, idle } = stage(() => new Response(WHOLE))
  host.ask(ENDPOINT)
  await idle()
  expect(calls.filter((call) => !call.startsWith('turn'))).toEqual([
    'context',
    'fetch',
    'append answer',
    'usage 321 small',
  ])
  expect(appended).toEqual([{ role: 'assistant', parts: [{ type: 'text', text: 'Yes.' }] }])
  expect(host.failure()).toBeNull()
})

test('[APP44] asked again meanwhile, it answers once more afterwards, never two at a time', async () => {
  let inFlight = 0
  let most = 0
  const { host, calls, idle } = stage(async () => {
    most = Math.max(most, ++inFlight)
    await new Promise((resolve) => setTimeout(resolve, 5))
    inFlight--
    return new Response(WHOLE)
  })
  host.ask(ENDPOINT)
  host.ask(ENDPOINT)
  host.ask(ENDPOINT)
  await idle()
  expect(most).toBe(1)
  expect(calls.filter((call) => call === 'fetch')).toHaveLength(2)
})

test('[APP45] what arrived of a stopped answer is appended, marked', async () => {
  const { host, appended, idle } = stage(
    (signal) =>
      new Response(
        new ReadableStream<Uint8Array>({
          start(controller) {
            const half = chunk({ choices: [{ delta: { content: 'Half an' } }] })
            controller.enqueue(new TextEncoder().encode(half))
            signal.addEventListener('abort', () => controller.error(signal.reason))
          },
        }),
      ),
  )
  host.ask(ENDPOINT)
  while (host.answer()?.completion.text !== 'Half an')
    await new Promise((resolve) => setTimeout(resolve, 1))
  host.stop()
  await idle()
  expect(appended.map(textOf)).toEqual(['Half an\n[The answer was stopped here.]'])
  expect(host.failure()).toBeNull()
})

test('[APP45] a broken answer is appended, marked, and its failure shown; nothing arrived appends nothing', async () => {
  const half = chunk({ choices: [{ delta: { content: 'Half an' } }] })
  const broken = stage(() => new Response(half))
  broken.host.ask(ENDPOINT)
  await broken.idle()
  expect(broken.appended.map(textOf)).toEqual(['Half an\n[The answer broke off here.]'])
  expect(broken.host.failure()?.title).toBe('The answer broke off')

  const refused = stage(() => new Response('{}', { status: 401 }))
  refused.host.ask(ENDPOINT)
  await refused.idle()
  expect(refused.appended).toEqual([])
  expect(refused.host.failure()?.status).toBe(401)

  const empty = stage(
    () => new Response(chunk({ choices: [{ delta: {}, finish_reason: 'length' }] })),
  )
  empty.host.ask(ENDPOINT)
  await empty.idle()
  expect(empty.appended).toEqual([])
  expect(empty.host.failure()).toMatchObject({ title: 'The model sent no text' })
})

test('[APP46] a failed answer is not followed by the next one, and the next ask clears it', async () => {
  let status = 500
  const { host, calls, idle } = stage(() => new Response(WHOLE, { status }))
  host.ask(ENDPOINT)
  host.ask(ENDPOINT)
  await idle()
  expect(calls.filter((call) => call === 'fetch')).toHaveLength(1)
  status = 200
  host.ask(ENDPOINT)
  await idle()
  expect(host.failure()).toBeNull()
})

test('[APP101] an answer is asked for as a turn with its provider, which is over once it has come', async () => {
  const { host, calls, idle } = stage(() => new Response(WHOLE))
  host.ask(ENDPOINT)
  await idle()
  expect(calls.slice(1, 4)).toEqual(['turn openai-compatible:e.com', 'fetch', 'turn over'])
  expect(providerOf({ ...ENDPOINT, baseUrl: 'http://127.0.0.1:11434/v1/' })).toBe(
    'openai-compatible:127.0.0.1:11434',
  )
  expect(providerOf({ ...ENDPOINT, baseUrl: 'nowhere' })).toBe('')
})
