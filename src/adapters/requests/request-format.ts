import type { WireFormat } from '../../core/session/message.ts'
import type { ToolFormat } from '../../protocol/tool-messages.ts'
import type { JsonObject } from '../copy-json.ts'
import type { WrittenContext } from '../written-context.ts'

/** A host's request, parsed. It is never changed. */
export interface ParsedRequest {
  readonly url: string
  /** Names of its headers, in lower case; values may be secret and are not needed. */
  readonly headerNames: readonly string[]
  readonly body: JsonObject
}

/** A request that holds the whole history of a conversation. */
export interface ChatRequest {
  readonly format: WireFormat
  /**
   * The values of its messages, in order, system messages among them where the format has them there; what
   * belongs together is one, as {@link groupWire} gives it.
   */
  readonly messages: readonly JsonObject[]
  /** The text of a system prompt that stands apart from the messages. */
  readonly system?: string
  /** A name that the app itself gives the conversation. */
  readonly conversation?: string
  readonly model?: string
  readonly isStream: boolean
  /** Most tokens that the answer may have, if it says so. */
  readonly maxAnswerTokens?: number
  /**
   * The body with other messages, and otherwise as it was. A system prompt that stands apart stays to the
   * letter, and the text of `written.system` comes behind it.
   */
  write(written: WrittenContext): JsonObject
  /** The body of {@link ChatRequest.write} with further tools, which come behind those of the host. */
  addTools?(body: JsonObject, tools: readonly JsonObject[]): JsonObject
  /** Shape in which {@link ChatRequest.addTools} takes tools. */
  readonly toolFormat?: ToolFormat
}

/** What an answer says. */
export interface ReadAnswer {
  /** The message as the host's next request would hold it. */
  readonly message: JsonObject
  /** What the provider counted for the request, cached tokens included. */
  readonly inputTokens?: number
  /** Those of them that it had cached. */
  readonly cachedTokens?: number
  readonly model?: string
}

/** The requests of one protocol. All functions are total: whatever is not understood is undefined. */
export interface RequestFormat {
  /**
   * Undefined for a request of another protocol, for one whose history is not all in it because the server
   * keeps some, and for whatever raises the least doubt.
   */
  takeApart(request: ParsedRequest): ChatRequest | undefined
  /**
   * Reads a whole answer: JSON, an event stream, or lines of JSON, told from its content.
   *
   * @returns undefined for an error, an answer that was cut off, one of several choices, or anything else that
   * is not one finished message.
   */
  readAnswer(text: string): ReadAnswer | undefined
  /**
   * The message that an answer to a request makes of the request's newest one, where that is the model's. Only
   * in formats whose messages grow: calls get their results in them, and what is said then comes behind.
   */
  goOn?(before: JsonObject, answer: JsonObject): JsonObject
}
