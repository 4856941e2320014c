import type { Context } from '../core/session/context.ts'
import type { Draft, WireFormat } from '../core/session/message.ts'
import type { RequestManner } from '../core/session/auxiliary-request.ts'
import type { HostRequest, PassReason } from '../protocol/host-requests.ts'
import type { ToolSpec } from '../core/memory/tool-specs.ts'
import type {
  AnsweredCall,
  FoundCalls,
  ToolFormat,
  ToolMessage,
  WireTools,
} from '../protocol/tool-messages.ts'
import type { ContextFormat, MessageInput } from '../protocol/requests.ts'

/** A host's request that can be rewritten. */
export interface ReadRequest {
  readonly format: WireFormat
  /** Its messages in order, with their wire values, system messages among them. */
  readonly drafts: readonly Draft[]
  /** A system prompt that stands apart from the messages. */
  readonly system?: string
  /** A name that the app itself gives the conversation. */
  readonly conversation?: string
  readonly manner: RequestManner
  /** The body with a context instead of its messages, and otherwise as it was. */
  write(context: Context, extra?: RequestExtra): string
  /** Shape in which it takes recall tools; missing where it takes none. */
  readonly toolFormat?: ToolFormat
}

/** What comes into a request beside its context. */
export interface RequestExtra {
  /** Further tools. */
  readonly tools?: readonly unknown[]
  /** Further messages behind the context, as they are. */
  readonly messages?: readonly unknown[]
}

/** What a model answered to a host's request. */
export interface ReadReply {
  readonly draft: Draft
  /** As it would stand among the messages of the next request. */
  readonly sent: readonly unknown[]
  /** Whether the next request holds just this message: it may also go on with it, or make one of two. */
  readonly isWhole: boolean
  readonly inputTokens?: number
  readonly model?: string
}

/** Translates between host formats and messages; handed in, because adapters stand above the engine. */
export interface Codec {
  toDraft(input: MessageInput, at: string): Draft
  render(
    context: Context,
    format: ContextFormat,
  ): { readonly messages: unknown[]; readonly system?: string }
  /** Tools in the shape of a provider. */
  writeTools<F extends ToolFormat>(specs: readonly ToolSpec[], format: F): WireTools[F]
  /** The tool calls of a message in any of the formats; undefined if it makes none. */
  readToolCalls(message: unknown): FoundCalls | undefined
  /** A host's request, or why it goes out as it was. */
  readRequest(request: HostRequest): Promise<ReadRequest | PassReason>
  /**
   * A whole answer in a format; undefined if it is not one finished message.
   *
   * @param newest - The newest message of its request, which the answer goes on with if it is the model's own.
   */
  readReply(answer: string, format: WireFormat, newest?: Draft): Promise<ReadReply | undefined>
  /** The messages that give results back. */
  writeToolResults(format: ToolFormat, answers: readonly AnsweredCall[]): ToolMessage[]
}
