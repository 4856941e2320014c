import { openEngine } from '../../src/client/open-engine.ts'
import type { PolicyOptions } from '../../src/core/session/policy.ts'
import type { MessageInput } from '../../src/protocol/requests.ts'

/** Formats in which a talk can be held. */
export type TalkFormat = 'openai' | 'anthropic'

/** What a model was sent: the texts of its system prompt and messages, in order, as a prompt cache compares them. */
export type SentRequest = readonly string[]

/** A message of chat completions, in the shapes that a synthetic session has. */
interface ChatMessage {
  readonly role: string
  readonly content: string | null
  readonly tool_call_id?: string
  readonly tool_calls?: readonly {
    readonly id: string
    readonly function: { readonly name: string; readonly arguments: string }
  }[]
}

interface Wire {
  readonly url: string
  message(message: ChatMessage): object
  body(system: string, messages: readonly object[]): object
  /** What a model answers with one message. */
  answer(message: object, inputTokens: number): object
  sent(body: string): SentRequest
}

const texts = (values: readonly unknown[]): SentRequest =>
  values.map((value) => JSON.stringify(value))

const WIRES: Readonly<Record<TalkFormat, Wire>> = {
  openai: {
    url: 'https://openai.test/v1/chat/completions',
    message: (message) => message,
    body: (system, messages) => ({
      model: 'm',
      messages: [{ role: 'system', content: system }, ...messages],
    }),
    answer: (message, tokens) => ({
      id: 'c',
      object: 'chat.completion',
      model: 'm',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: { prompt_tokens: tokens, completion_tokens: 9, total_tokens: tokens + 9 },
    }),
    sent: (body) => texts((JSON.parse(body) as { messages: readonly unknown[] }).messages),
  },
  anthropic: {
    url: 'https://anthropic.test/v1/messages',
    message: ({ role, content, tool_call_id: id, tool_calls: calls }) => {
      const text = content === null ? [] : [{ type: 'text', text: content }]
      if (role === 'tool') {
        return { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] }
      }
      const used = (calls ?? []).map(({ id: name, function: called }) => ({
        ...{ type: 'tool_use', id: name, name: called.name },
        input: JSON.parse(called.arguments) as object,
      }))
      return { role, content: [...text, ...used] }
    },
    body: (system, messages) => ({ model: 'm', max_tokens: 1_000, system, messages }),
    answer: (message, tokens) => ({
      ...{ id: 'c', type: 'message', model: 'm', stop_reason: 'end_turn', ...message },
      usage: { input_tokens: tokens, output_tokens: 9 },
    }),
    sent(body) {
      const { system, messages } = JSON.parse(body) as {
        readonly system: unknown
        readonly messages: readonly unknown[]
      }
      // A cache knows blocks; whether a single one is a string makes no difference to it.
      const blocks = Array.isArray(system) ? (system as readonly unknown[]) : [system]
      const plain = blocks.map((block) =>
        typeof block === 'string' ? { type: 'text', text: block } : block,
      )
      return texts([...plain, ...messages])
    },
  },
}

export interface HeldTalk {
  /** What was sent, request by request. */
  readonly sent: readonly SentRequest[]
  /** The whole history at each of them, as the app has it. */
  readonly whole: readonly SentRequest[]
  /** The generation that each was made with; 0 for those that passed. */
  readonly generations: readonly number[]
}

/**
 * Holds a talk as an app does that sends its whole history with every request, through `backfold.fetch()` over an
 * engine in this process, and a model that answers as it is written. A model takes its time, in which jobs end: so
 * they do here before the next request.
 *
 * @param count - Tokens of a text, for the usage that the model tells.
 */
export async function holdTalk(
  format: TalkFormat,
  messages: readonly MessageInput[],
  count: (text: string) => number,
  policy: PolicyOptions = {},
): Promise<HeldTalk> {
  const wire = WIRES[format]
  const [system, ...talk] = messages as unknown as readonly ChatMessage[]
  const backfold = await openEngine()
  const session = await backfold.session('talk', policy)
  const sent: SentRequest[] = []
  const whole: SentRequest[] = []
  let answer: object = {}
  const model: typeof fetch = async (_input, init) => {
    const request = wire.sent(init?.body as string)
    sent.push(request)
    const tokens = request.reduce((sum, text) => sum + count(text), 0)
    return Response.json(wire.answer(answer, tokens))
  }
  const generations: number[] = []
  const fetch = backfold.fetch({
    ...{ session: session.id, fetch: model, waitMs: 10_000 },
    onRequest: (told) => void generations.push('generation' in told ? told.generation : 0),
  })
  const history: object[] = []
  const told: string[] = []
  const head = wire.sent(JSON.stringify(wire.body(system?.content ?? '', [])))
  for (const message of talk) {
    if (message.role === 'assistant') {
      const body = JSON.stringify(wire.body(system?.content ?? '', history))
      whole.push([...head, ...told])
      answer = wire.message(message)
      const headers = { 'content-type': 'application/json' }
      await (await fetch(wire.url, { method: 'POST', headers, body })).text()
      const isBusy = (): boolean => /queued|running/.test(session.state.get().job.status)
      do await new Promise((resolve) => setTimeout(resolve, 0))
      while (isBusy())
    }
    history.push(wire.message(message))
    told.push(JSON.stringify(history.at(-1)))
  }
  await backfold.close()
  return { sent, whole, generations }
}

/** How many texts two requests begin with alike. */
export function commonLength(before: SentRequest, after: SentRequest): number {
  const at = before.findIndex((text, i) => after[i] !== text)
  return at < 0 ? before.length : at
}

/** Share of the requests but the first that begin with all of the one before, 0 to 1. */
export function prefixShare(sent: readonly SentRequest[]): number {
  const later = sent.slice(1)
  const kept = later.filter((request, i) => {
    const before = sent[i] ?? []
    return commonLength(before, request) === before.length
  })
  return later.length === 0 ? 1 : kept.length / later.length
}
