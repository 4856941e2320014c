import type { JsonSchema, ModelUsage } from '../../core/ports/language-model.ts'

/** `fetch`, or what stands in for it. */
export type FetchLike = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What is asked for beside the answer itself; a server that does not know one of these is asked without. */
export interface RequestShape {
  /** Position in the vendor's {@link RemoteVendor.schemaModes}. */
  readonly schemaMode: number
  /** Names of the wishes that the server does not know. */
  readonly dropped: readonly string[]
}

/** One request to a vendor. */
export interface RemoteQuestion {
  readonly system: string
  readonly prompt: string
  readonly schema?: JsonSchema
  readonly maxTokens: number
  readonly shape: RequestShape
}

/** What one chunk of an answer says, or a whole answer. */
export interface AnswerPiece {
  /** Whether the chunk has the vendor's form at all. */
  readonly isKnown: boolean
  readonly text: string
  readonly stop?: 'whole' | 'length' | 'refused'
  readonly usage?: Partial<ModelUsage>
}

export const UNKNOWN_PIECE: AnswerPiece = { isKnown: false, text: '' }

/** Something a server may not know, and how it says so. */
export interface Wish {
  readonly name: string
  readonly refusedBy: RegExp
}

/** What differs between the vendors' APIs. */
export interface RemoteVendor {
  /** Ways to hold an answer to a schema, best first; the last asks for nothing. */
  readonly schemaModes: readonly string[]
  /** How many of them hold the answer to the schema itself. */
  readonly strictModes: number
  readonly wishes: readonly Wish[]
  readonly firstShape: RequestShape
  /** Asks over the vendor's own client, which calls the given `fetch` once. May reject. */
  open(
    question: RemoteQuestion,
    fetch: FetchLike,
    signal: AbortSignal,
  ): Promise<AsyncIterable<unknown>>
  /** Reads a chunk of the stream, or a whole answer. Pure and total. */
  read(chunk: unknown, question: RemoteQuestion): AnswerPiece
}
