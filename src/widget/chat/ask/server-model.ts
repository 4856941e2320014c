import type { Completion } from './completion-stream.ts'
import type { ChatModel, ChatOutcome, ChatRequest, NoModel, WireMessage } from './chat-model.ts'
import type { ChatProtocol, ProtocolShape } from './protocols.ts'
import { PROTOCOLS } from './protocols.ts'
import { serverAddress } from './server-address.ts'
import type { Exchange, FetchLike } from './stream-answer.ts'
import { exchange, requestInit } from './stream-answer.ts'

/** A server that answers. The key and headers stay in memory and go nowhere but into its requests. */
export interface ServerOptions {
  /** Base URL or address; empty for the vendor's own, which a key has to be given for. */
  readonly endpoint: string
  readonly protocol: ChatProtocol
  readonly model: string
  /** Empty for servers that want none. */
  readonly apiKey: string
  readonly headers: Readonly<Record<string, string>>
  /** Most tokens of an answer, where the protocol has to be told. */
  readonly maxTokens: number
}

export interface ServerWorld {
  readonly fetchLike: FetchLike
  readonly isOnline: () => boolean
  /** Address of the page. */
  readonly page: string
}

/** A server's model, or what is wrong with its options, as a sentence. @see SPEC.md rules SEND1, SEND2 */
export function serverModel(
  options: ServerOptions,
  { fetchLike, isOnline, page }: ServerWorld,
): ChatModel | NoModel {
  const { protocol: name, endpoint, apiKey, headers } = options
  const protocol = PROTOCOLS[name]
  const model = options.model.trim()
  const hasKey = apiKey !== '' || Object.keys(headers).length > 0
  const address = serverAddress({ endpoint, protocol: name, model, hasKey, page })
  if (!address.ok) return { problem: address.problem, code: address.code }
  return {
    format: name,
    takesImages: true,
    toolFormat: protocol.toolFormat,
    needsNetwork: address.needsNetwork,
    provider: providerOf(name, address.host),
    model,
    ask: (request) => {
      const body = protocol.body({ ...request, model, maxTokens: options.maxTokens })
      const sent = { ...(apiKey === '' ? {} : protocol.headers(apiKey)), ...headers }
      const init = requestInit(sent, JSON.stringify(body), request.signal)
      return askBy(
        name,
        { ...request, url: address.url, send: () => fetchLike(address.url, init) },
        isOnline,
      )
    },
  }
}

/** Reads a response of a protocol, whoever made it. */
export async function askBy(
  name: ChatProtocol,
  asked: Pick<ChatRequest, 'signal' | 'onProgress'> & Pick<Exchange, 'url' | 'send'>,
  isOnline: () => boolean,
): Promise<ChatOutcome> {
  const protocol = PROTOCOLS[name]
  const pieces: string[] = []
  const outcome = await exchange(
    { ...asked, protocol, onText: (piece) => void pieces.push(piece) },
    isOnline,
  )
  return outcome.kind === 'finished'
    ? finish(name, protocol, outcome.completion, pieces.join(''))
    : outcome
}

/** @see SPEC.md rule SEND6 */
function finish(
  format: ChatProtocol,
  protocol: ProtocolShape,
  completion: Completion,
  text: string,
): ChatOutcome {
  const read = protocol.read(text)
  const wire: WireMessage | null = read === undefined ? null : { format, message: read.message }
  const counted = read?.inputTokens ?? completion.inputTokens
  return { kind: 'finished', completion: { ...completion, inputTokens: counted }, wire }
}

/** Summarisers ask OpenAI-compatible servers under this name, whatever protocol a chat speaks there. */
function providerOf(name: ChatProtocol, host: string): string {
  return name === 'anthropic' || name === 'gemini' ? `${name}:${host}` : `openai-compatible:${host}`
}
