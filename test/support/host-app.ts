import type { RequestPlan } from '../../src/protocol/host-requests.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { PlanOptions } from '../../src/protocol/host-requests.ts'

/** A message of chat completions as an app keeps it. */
export interface AppMessage {
  readonly role: string
  readonly content: unknown
  readonly [field: string]: unknown
}

/** What an app asked, what was sent for it, and what became of the answer. */
export interface Asked {
  readonly body: string
  readonly plan: RequestPlan
  /** The messages that the model got. */
  readonly messages: readonly AppMessage[]
}

export interface AskOptions extends PlanOptions {
  readonly url?: string
  readonly headerNames?: readonly string[]
  readonly more?: Readonly<Record<string, unknown>>
}

/** Asks as an app does: its whole history, as chat completions. */
export async function ask(
  engine: Pick<Engine, 'handle'>,
  messages: readonly AppMessage[],
  {
    url = 'https://api.example/v1/chat/completions',
    headerNames = [],
    more,
    ...options
  }: AskOptions = {},
): Promise<Asked> {
  const body = JSON.stringify({ model: 'm', stream: true, ...more, messages })
  const plan = await engine.handle('planRequest', { request: { url, headerNames, body }, options })
  const sent = JSON.parse(plan.kind === 'send' ? plan.body : body) as { messages: AppMessage[] }
  return { body, plan, messages: sent.messages }
}

/** A streamed answer of chat completions. */
export function streamed(content: string, usage?: object): string {
  const chunk = (choices: readonly object[], rest: object = {}): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices, ...rest })}\n\n`
  return [
    chunk([{ index: 0, delta: { role: 'assistant', content: '' } }]),
    ...(content.match(/.{1,12}/gs) ?? []).map((piece) =>
      chunk([{ index: 0, delta: { content: piece } }]),
    ),
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
    ...(usage ? [chunk([], { usage })] : []),
    'data: [DONE]\n\n',
  ].join('')
}

/** Tells what came back. */
export async function answer(
  engine: Pick<Engine, 'handle'>,
  { plan }: Asked,
  said: string,
): Promise<unknown> {
  return plan.plan === undefined
    ? undefined
    : engine.handle('recordAnswer', { plan: plan.plan, answer: said })
}
