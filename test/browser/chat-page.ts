import { inject, onTestFinished } from 'vitest'
import type { BackfoldChatElement } from '../../src/element.ts'
import type { ArrivedRequest, Reply } from '../support/fetch-server.ts'

const server = inject('fetchServer')

/** The server that all tests of a run share: each has a path of its own, and one test runs at a time. */
export async function plan(...replies: readonly Reply[]): Promise<void> {
  await fetch(`${server}/control/plan`, { method: 'POST', body: JSON.stringify(replies) })
}

export async function clearServer(): Promise<void> {
  await fetch(`${server}/control/clear`, { method: 'POST', body: '{}' })
}

export async function arrived(): Promise<readonly ArrivedRequest[]> {
  const answer = await fetch(`${server}/control/arrived`)
  return ((await answer.json()) as { readonly arrived: readonly ArrivedRequest[] }).arrived
}

/** What the model was sent, request by request: the texts of the messages. */
export async function asked(): Promise<readonly (readonly string[])[]> {
  return (await arrived()).map(({ text }) => {
    const { messages } = JSON.parse(text) as { readonly messages: readonly { content: unknown }[] }
    return messages.map(({ content }) => String(content))
  })
}

/** A streamed answer of chat completions. */
export function says(text: string, more: Partial<Reply> = {}): Reply {
  const words = text.split(/(?<= )/)
  const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`
  const ends = more.staysOpen === true || more.breaks === true
  return {
    headers: { 'content-type': 'text/event-stream' },
    pieces: [
      ...words.map((content) => event({ choices: [{ delta: { content } }] })),
      ...(ends
        ? []
        : [
            event({ choices: [{ delta: {}, finish_reason: 'stop' }] }),
            event({ choices: [], usage: { prompt_tokens: 9 } }),
            'data: [DONE]\n\n',
          ]),
    ],
    ...more,
  }
}

/** An element on the page of a test, as a host writes it, and ways to look into it. */
export interface ChatPage {
  readonly element: BackfoldChatElement
  readonly box: HTMLElement
  /** The first of what a selector finds in the shadow root. */
  part(selector: string): HTMLElement
  count(selector: string): number
  /** What the conversation says, with runs of spaces as one. */
  text(): string
  field(): HTMLTextAreaElement
  write(text: string): void
  key(name: string, more?: KeyboardEventInit): void
  button(name: RegExp): HTMLElement
}

export interface PageWish {
  readonly attributes?: Readonly<Record<string, string>>
  readonly setUp?: (element: BackfoldChatElement) => void
}

let made = 0

/** Puts an element into the page and waits until it is open. */
export async function openChatPage({ attributes = {}, setUp }: PageWish = {}): Promise<ChatPage> {
  made += 1
  const box = document.body.appendChild(document.createElement('div'))
  box.style.height = '40rem'
  const element = document.createElement('backfold-chat')
  const given = {
    endpoint: `${server}/v1`,
    model: 'small',
    database: `chat-${made}-${crypto.randomUUID()}`,
    ...attributes,
  }
  for (const [name, value] of Object.entries(given)) element.setAttribute(name, value)
  setUp?.(element)
  box.append(element)
  onTestFinished(() => box.remove())
  await element.ready
  return lookInto(element, box)
}

export function lookInto(element: BackfoldChatElement, box: HTMLElement): ChatPage {
  const root = (): ShadowRoot => {
    if (element.shadowRoot === null) throw new Error('there is no shadow root')
    return element.shadowRoot
  }
  const part = (selector: string): HTMLElement => {
    const found = root().querySelector<HTMLElement>(selector)
    if (found === null) throw new Error(`there is no ${selector} in ${root().innerHTML}`)
    return found
  }
  const field = (): HTMLTextAreaElement => part('[part=input]') as HTMLTextAreaElement
  return {
    element,
    box,
    part,
    field,
    count: (selector) => root().querySelectorAll(selector).length,
    text: () => (root().querySelector('.bf-rows')?.textContent ?? '').replace(/\s+/g, ' ').trim(),
    write(text) {
      const { set } = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value') ?? {}
      set?.call(field(), text)
      field().dispatchEvent(new Event('input', { bubbles: true }))
    },
    key: (name, more) =>
      void (root().activeElement ?? field()).dispatchEvent(
        new KeyboardEvent('keydown', {
          key: name,
          bubbles: true,
          composed: true,
          cancelable: true,
          ...more,
        }),
      ),
    button(name) {
      const buttons = [...root().querySelectorAll('button')]
      const found = buttons.find((one) =>
        name.test(one.getAttribute('aria-label') ?? one.textContent ?? ''),
      )
      if (found === undefined)
        throw new Error(
          `no button ${String(name)} among ${buttons.map((b) => b.getAttribute('aria-label') ?? b.textContent).join(', ')}`,
        )
      return found
    },
  }
}
