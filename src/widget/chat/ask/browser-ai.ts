import { CANNOT_RUN, whyNone } from '../../../models/browser-ai/find-browser-api.ts'
import { failureOf, NEEDS_CLICK, NEEDS_DOWNLOAD } from '../../../models/browser-ai/failure-of.ts'
import { peek } from '../../../models/browser-ai/foreign.ts'
import { findPromptApi } from '../../../models/browser-ai/prompt-api.ts'
import { growText } from '../../../models/browser-ai/read-answer.ts'
import { callMethod, hasMethod } from '../../../models/browser-ai/foreign.ts'
import { list, record, text } from './completion-stream.ts'
import type { RespondRequest } from './respond-model.ts'

export interface BrowserAiOptions {
  /** Languages that the browser is told to expect, such as `en`; none by default. */
  readonly languages?: readonly string[]
}

/**
 * Asks the browser's own model. Where the browser has to download it first, that takes a click: sending a message is
 * one.
 *
 * @param scope - Where the browser's AI is looked for; the global object by default.
 * @throws Error with what is wrong, as a sentence.
 * @see SPEC.md rule SEND9
 */
export function askBrowserAi(
  request: RespondRequest,
  options: BrowserAiOptions = {},
  scope: unknown = globalThis,
): AsyncGenerator<string> {
  return answer(request, options.languages ?? [], scope)
}

async function* answer(
  { messages, signal }: RespondRequest,
  languages: readonly string[],
  scope: unknown,
): AsyncGenerator<string> {
  const api = findPromptApi(scope, languages)
  if (api === undefined) throw new Error(whyNone(scope).reason)
  const isActivated = peek(peek(peek(scope, 'navigator'), 'userActivation'), 'isActive') === true
  let step: 'look' | 'open' | 'ask' = 'look'
  let destroy = (): void => {}
  try {
    if ((await api.availability()) === 'unavailable') throw new Error(CANNOT_RUN.reason)
    step = 'open'
    const { system, history, prompt } = asPrompts(messages)
    const session = await api.open({ ...(system === '' ? {} : { system }), history, signal })
    destroy = session.destroy
    step = 'ask'
    const asked = await session.ask({ system, prompt, signal })
    yield* readPieces(asked, api.growth)
  } catch (thrown) {
    const isOwn = thrown instanceof Error && thrown.message === CANNOT_RUN.reason
    throw isOwn ? thrown : new Error(reasonOf(failureOf(thrown, { step, isActivated })))
  } finally {
    destroy()
  }
}

/** Sending and trying again are clicks; there is nothing else to be called here. */
function reasonOf(failed: ReturnType<typeof failureOf>): string {
  if (failed !== NEEDS_CLICK && failed !== NEEDS_DOWNLOAD) return failed.reason
  return 'the browser starts its AI only when a person asks for it: send again, or press “Try again”'
}

async function* readPieces(
  answered: unknown,
  growth: 'pieces' | 'unknown',
): AsyncGenerator<string> {
  if (typeof answered === 'string') {
    yield answered
    return
  }
  if (!hasMethod(answered, 'getReader')) throw new TypeError('the browser answered with no text')
  const reader = await callMethod(answered, 'getReader')
  const grow = growText(growth)
  let said = 0
  try {
    for (;;) {
      const chunk = await callMethod(reader, 'read')
      if (peek(chunk, 'done') === true) return
      const piece = peek(chunk, 'value')
      if (typeof piece !== 'string') continue
      const whole = grow(piece)
      // While it is not sure whether texts are pieces, what was said may turn out to be shorter or longer.
      if (whole.length > said) yield whole.slice(said)
      said = Math.max(said, whole.length)
    }
  } finally {
    void callMethod(reader, 'cancel').catch(() => {})
  }
}

/** Messages of chat completions as the Prompt API takes them: orders, what was said, and what is asked now. */
function asPrompts(messages: readonly unknown[]): {
  readonly system: string
  readonly history: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[]
  readonly prompt: string
} {
  const read = messages.map(record).map(({ role, content }) => ({ role, content: said(content) }))
  const system = read.filter(({ role }) => role === 'system').map(({ content }) => content)
  const talk = read
    .filter(({ role, content }) => role !== 'system' && content !== '')
    .map(({ role, content }) => ({
      role: role === 'assistant' ? ('assistant' as const) : ('user' as const),
      content,
    }))
  const newest = talk.at(-1)
  const isAsked = newest?.role === 'user'
  return {
    system: system.join('\n\n'),
    history: isAsked ? talk.slice(0, -1) : talk,
    prompt: isAsked ? newest.content : 'Go on.',
  }
}

function said(content: unknown): string {
  if (typeof content === 'string') return content
  return list(content)
    .map((item) => text(record(item)['text']))
    .filter((piece) => piece !== '')
    .join('\n')
}
