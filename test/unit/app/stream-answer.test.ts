import { expect, test } from 'vitest'
import type { AnswerOutcome, FetchLike } from '../../../src/widget/chat/ask/stream-answer.ts'
import { streamAnswer } from '../../../src/widget/chat/ask/stream-answer.ts'

const ENDPOINT = { baseUrl: 'https://e.com/v1', model: ' small ', key: 'secret' }
const line = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const text = (content: string, finish: string | null = null): string =>
  line({ choices: [{ delta: { content }, finish_reason: finish }] })

/** A response whose body comes in these pieces; a function among them is called in its place. */
function streaming(...pieces: readonly (string | (() => void))[]): Response {
  const encoder = new TextEncoder()
  const left = [...pieces]
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = left.shift()
      if (next === undefined) controller.close()
      else if (typeof next === 'string') controller.enqueue(encoder.encode(next))
      else {
        try {
          next()
          controller.enqueue(encoder.encode(''))
        } catch (error) {
          controller.error(error)
        }
      }
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

async function ask(
  fetchLike: FetchLike,
  abort = new AbortController(),
): Promise<{ readonly outcome: AnswerOutcome; readonly seen: readonly string[] }> {
  const seen: string[] = []
  const outcome = await streamAnswer(
    {
      endpoint: ENDPOINT,
      messages: [{ role: 'user', content: 'hi' }],
      signal: abort.signal,
      onProgress: (completion) => void seen.push(completion.text),
    },
    fetchLike,
    () => true,
  )
  return { outcome, seen }
}

test('[APP17] the context is sent as it is, streamed, with usage asked for and the key in its header only', async () => {
  let sent: { url: string; init: RequestInit } | null = null
  await ask(async (url, init) => {
    sent = { url, init }
    return streaming(text('ok', 'stop'), 'data: [DONE]\n\n')
  })
  expect(sent).not.toBeNull()
  const { url, init } = sent as unknown as { url: string; init: RequestInit }
  expect(url).toBe('https://e.com/v1/chat/completions')
  expect(JSON.parse(bodyOf(init))).toEqual({
    model: 'small',
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
    stream_options: { include_usage: true },
  })
  expect(new Headers(init.headers).get('authorization')).toBe('Bearer secret')
  expect(url + bodyOf(init)).not.toContain('secret')
  expect(init.credentials).toBe('omit')
})

test('[APP18] an answer is reported piece by piece and finished at its end, characters cut in two included', async () => {
  const wire = new TextEncoder().encode(text('né') + text('😀', 'stop') + 'data: [DONE]\n\n')
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of wire) controller.enqueue(Uint8Array.of(byte))
      controller.close()
    },
  })
  const { outcome, seen } = await ask(async () => new Response(body))
  expect(outcome).toMatchObject({ kind: 'finished', completion: { text: 'né😀' } })
  expect(seen.slice(0, 2)).toEqual(['né', 'né😀'])
})

test('[APP18] a server that keeps the connection open after [DONE] does not hold the answer up', async () => {
  const never = new ReadableStream<Uint8Array>({
    start: (controller) =>
      controller.enqueue(new TextEncoder().encode(`${text('ok')}data: [DONE]\n\n`)),
  })
  const { outcome } = await ask(async () => new Response(never))
  expect(outcome.kind).toBe('finished')
})

test('[APP18] a server that ignores streaming is understood', async () => {
  const body = JSON.stringify({ choices: [{ message: { content: 'All' }, finish_reason: 'stop' }] })
  const { outcome } = await ask(
    async () => new Response(body, { headers: { 'content-type': 'application/json' } }),
  )
  expect(outcome).toMatchObject({ kind: 'finished', completion: { text: 'All' } })
})

test('[APP19] a stopped answer keeps what arrived', async () => {
  const abort = new AbortController()
  const { outcome } = await ask(
    async () =>
      streaming(text('half an'), () => {
        abort.abort()
        throw new DOMException('aborted', 'AbortError')
      }),
    abort,
  )
  expect(outcome).toMatchObject({ kind: 'stopped', completion: { text: 'half an' } })
})

test('[APP20] a stream that breaks off, ends early or reports an error is a failure that keeps what arrived', async () => {
  const early = await ask(async () => streaming(text('half')))
  const broken = await ask(async () =>
    streaming(text('half'), () => {
      throw new TypeError('network error')
    }),
  )
  const reported = await ask(async () =>
    streaming(text('half'), line({ error: { message: 'overloaded' } })),
  )
  for (const { outcome } of [early, broken])
    expect(outcome).toMatchObject({
      kind: 'failed',
      completion: { text: 'half' },
      failure: { title: 'The answer broke off' },
    })
  expect(reported.outcome).toMatchObject({ kind: 'failed', failure: { said: 'overloaded' } })
})

test('[APP20] a refusal and a missing response are failures, never rejections', async () => {
  const refused = await ask(
    async () => new Response('{"error":{"message":"bad key"}}', { status: 401 }),
  )
  expect(refused.outcome).toMatchObject({
    kind: 'failed',
    failure: { status: 401, said: 'bad key' },
  })
  const unreachable = await ask(() => Promise.reject(new TypeError('Failed to fetch')))
  expect(unreachable.outcome).toMatchObject({ kind: 'failed', failure: { status: 0 } })
})

function bodyOf({ body }: RequestInit): string {
  if (typeof body !== 'string') throw new TypeError('the body is no text')
  return body
}
