/** Which vendor's API a request was for. */
export type Protocol = 'openai' | 'anthropic' | 'gemini' | 'ollama'

export interface Usage {
  readonly input: number
  readonly output: number
}

/** How a stream ends in the vendors' words: by itself, at the limit of tokens, or refused. */
export type StopKind = 'whole' | 'length' | 'refused'

/** A call of a tool that an answer makes behind its text. */
export interface ScriptedCall {
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
}

/** How the server answers one request. */
export type Script =
  /** Streams the text in a few events. */
  | {
      readonly kind: 'answer'
      readonly text: string
      readonly calls?: readonly ScriptedCall[]
      readonly usage?: Usage
      readonly stop?: StopKind
      /** Bytes per write: 7 cuts characters in two; everything at once if missing. */
      readonly pieceBytes?: number
      /** Answers with one JSON document, as servers do that know no streams. */
      readonly isWhole?: boolean
      /** Events without the one that ends a stream, or without the mark that follows it. */
      readonly ends?: 'as-usual' | 'without-stop' | 'with-the-mark-alone'
    }
  /** Refuses, in the vendor's shape of errors. */
  | {
      readonly kind: 'refuse'
      readonly status: number
      readonly message: string
      /** The vendor's word for the kind of error; the usual one of the status if missing. */
      readonly type?: string
      /** OpenAI's field that names the parameter, and Gemini's details. */
      readonly more?: Readonly<Record<string, unknown>>
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Answers with these very bytes. */
  | {
      readonly kind: 'raw'
      readonly status: number
      readonly type: string
      readonly body: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Tells some text and then an error within the stream. */
  | {
      readonly kind: 'break'
      readonly text: string
      readonly type: string
      readonly message: string
    }
  /** Never answers; with a text, streams it first and then falls silent. */
  | { readonly kind: 'hang'; readonly text?: string }
  /** Closes the socket: before an answer, or behind a text. */
  | { readonly kind: 'close'; readonly text?: string }
  /** Streams text without end until the client leaves or it has this many bytes. */
  | { readonly kind: 'flood'; readonly bytes: number; readonly isOneLine: boolean }

/** A request as it arrived. */
export interface RecordedRequest {
  readonly protocol: Protocol | null
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The text as it was sent. */
  readonly body: string
  readonly json: Readonly<Record<string, unknown>>
  /** Resolves when the client leaves before the answer is whole. */
  readonly left: Promise<void>
}
