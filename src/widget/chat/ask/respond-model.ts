import { isJsonObject, type JsonObject } from '../../../adapters/copy-json.ts'
import type { ChatModel, ChatOutcome, ChatRequest } from './chat-model.ts'
import type { Completion } from './completion-stream.ts'
import { EMPTY_COMPLETION } from './completion-stream.ts'
import type { LiveFailure } from './live-failure.ts'
import { describeStreamError } from './live-failure.ts'
import type { ChatProtocol } from './protocols.ts'
import { PROTOCOLS } from './protocols.ts'
import { askBy } from './server-model.ts'

/** A piece of an answer. A string is text. */
export type RespondPiece =
  | string
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** A whole call; its input is an object, or JSON text. */
  | {
      readonly type: 'tool-call'
      readonly id?: string
      readonly name: string
      readonly input: unknown
    }
  | { readonly type: 'usage'; readonly inputTokens: number }

/** What a host's own model is given. */
export interface RespondRequest {
  /** The context in the format of the chat's protocol, `openai` by default. */
  readonly messages: readonly unknown[]
  /** Where the format keeps the system prompt apart. */
  readonly system?: string
  /** In the protocol's shape; missing where there are none. */
  readonly tools?: readonly unknown[]
  /** Aborted when the answer is stopped. */
  readonly signal: AbortSignal
}

/** What a host's own model answers with: pieces as they come, or a response of the chat's protocol. */
export type RespondAnswer = AsyncIterable<RespondPiece> | Response

/** Answers in place of a server. */
export interface Respond {
  (request: RespondRequest): RespondAnswer | Promise<RespondAnswer>
  /** False for a model on this device, which is asked while offline too; true by default. */
  readonly needsNetwork?: boolean
  /** Whether it takes images; true by default. */
  readonly takesImages?: boolean
  /** Whether it takes tools; true by default. */
  readonly takesTools?: boolean
}

export interface RespondOptions {
  readonly protocol: ChatProtocol
  readonly model: string
  readonly respond: Respond
  readonly issueId: () => string
}

/** A host's function as a model. @see SPEC.md rules SEND7, SEND8 */
export function respondModel(options: RespondOptions, isOnline: () => boolean): ChatModel {
  const { protocol, model, respond } = options
  return {
    format: protocol,
    takesImages: respond.takesImages ?? true,
    toolFormat: respond.takesTools === false ? null : PROTOCOLS[protocol].toolFormat,
    needsNetwork: respond.needsNetwork ?? true,
    provider: '',
    model,
    async ask(request) {
      const { messages, system, tools, signal, onProgress } = request
      let answer: RespondAnswer
      try {
        answer = await respond({
          messages,
          ...(system === undefined ? {} : { system }),
          ...(tools.length === 0 ? {} : { tools }),
          signal,
        })
      } catch (thrown) {
        return broken(EMPTY_COMPLETION, thrown, signal)
      }
      if (answer instanceof Response) {
        const given = answer
        const send = (): Promise<Response> => Promise.resolve(given)
        return askBy(
          protocol,
          { url: given.url || 'the model', send, signal, onProgress },
          isOnline,
        )
      }
      return readPieces(answer, request, options.issueId)
    },
  }
}

async function readPieces(
  pieces: AsyncIterable<RespondPiece>,
  { signal, onProgress }: ChatRequest,
  issueId: () => string,
): Promise<ChatOutcome> {
  let completion = EMPTY_COMPLETION
  const left = leaving(signal)
  try {
    const iterator = pieces[Symbol.asyncIterator]()
    for (;;) {
      const next = await Promise.race([iterator.next(), left.promise])
      if (next === undefined) {
        // It may never come to an end by itself; how it takes this is of no interest.
        void Promise.resolve(iterator.return?.()).catch(() => {})
        return { kind: 'stopped', completion }
      }
      if (next.done === true) break
      completion = addPiece(completion, next.value, issueId)
      onProgress(completion)
    }
  } catch (thrown) {
    return broken(completion, thrown, signal)
  } finally {
    left.end()
  }
  return {
    kind: 'finished',
    completion: { ...completion, finished: true },
    wire: { format: 'openai', message: asMessage(completion) },
  }
}

/** Resolves to undefined once a signal is aborted. */
function leaving(signal: AbortSignal): {
  readonly promise: Promise<undefined>
  readonly end: () => void
} {
  let leave = (): void => {}
  const promise = new Promise<undefined>((resolve) => {
    leave = () => resolve(undefined)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
  return { promise, end: () => signal.removeEventListener('abort', leave) }
}

/** What is no piece changes nothing. */
function addPiece(sofar: Completion, piece: unknown, issueId: () => string): Completion {
  if (typeof piece === 'string') return { ...sofar, text: sofar.text + piece }
  if (!isJsonObject(piece)) return sofar
  const { type, text, id, name, input, inputTokens } = piece
  if (type === 'text' && typeof text === 'string') return { ...sofar, text: sofar.text + text }
  if (type === 'reasoning' && typeof text === 'string')
    return { ...sofar, reasoning: sofar.reasoning + text }
  if (type === 'usage' && typeof inputTokens === 'number' && inputTokens > 0)
    return { ...sofar, inputTokens }
  if (type !== 'tool-call' || typeof name !== 'string') return sofar
  const json = typeof input === 'string' ? input : (JSON.stringify(input) ?? '{}')
  const call = { id: typeof id === 'string' && id !== '' ? id : issueId(), name, input: json }
  return { ...sofar, calls: [...sofar.calls, call] }
}

function asMessage({ text, reasoning, calls }: Completion): JsonObject {
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ id, name, input }) => ({
            id,
            type: 'function',
            function: { name, arguments: input },
          })),
        }),
  }
}

function broken(completion: Completion, thrown: unknown, signal: AbortSignal): ChatOutcome {
  if (signal.aborted) return { kind: 'stopped', completion }
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  const failure: LiveFailure =
    completion.text === '' && completion.reasoning === ''
      ? {
          status: 0,
          code: 'model-failed',
          about: '',
          title: 'The model could not answer',
          advice: 'Try again.',
          said: said.slice(0, 600),
        }
      : describeStreamError(said)
  return { kind: 'failed', completion, failure }
}
