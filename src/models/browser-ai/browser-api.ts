/** What the browser says of its model, in the words of today. */
export type BrowserAvailability = 'available' | 'downloadable' | 'downloading' | 'unavailable'

/** How far a download is. Bytes are known to older browsers only. */
export interface DownloadProgress {
  /** 0 to 1. */
  readonly share?: number
  readonly bytes?: number
}

export interface OpenSession {
  /** Orders of the session. */
  readonly system?: string
  /** What was said before, oldest first. */
  readonly history?: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[]
  readonly signal: AbortSignal
  readonly onProgress?: (progress: DownloadProgress) => void
}

export interface BrowserQuestion {
  readonly system: string
  readonly prompt: string
  readonly schema?: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
}

/** One session with the browser's model. Whatever the browser throws comes through as it is. */
export interface BrowserSession {
  /** Most tokens of everything together, where it is known and has an end. */
  window(): number | undefined
  /** Tokens that the session holds by now. */
  used(): number | undefined
  /** Tokens of a question; undefined where it can't be told. Never rejects. */
  measure(question: BrowserQuestion): Promise<number | undefined>
  /** Resolves to a text, or to a stream of texts. */
  ask(question: BrowserQuestion): Promise<unknown>
  /** Frees it. Does nothing the second time. */
  destroy(): void
}

/** One of the browser's APIs, whatever its version. */
export interface BrowserApi {
  readonly kind: 'prompt' | 'summariser'
  /** Whether answers can be held to a schema. */
  readonly isConstrained: boolean
  /**
   * How text streams: in pieces to be joined, or, in older browsers, either so or as the whole text so far.
   */
  readonly growth: 'pieces' | 'unknown'
  /** Whether a session forgets each question, so that it can be asked again. */
  readonly isForgetful: boolean
  availability(): Promise<BrowserAvailability>
  /** Asks the browser before it returns, so that a click that is being handled counts. */
  open(options: OpenSession): Promise<BrowserSession>
}

/**
 * Reads what browsers have said over the years; what is not understood is no.
 *
 * @see SPEC.md rule BAI2
 */
export function readAvailability(told: unknown): BrowserAvailability {
  switch (told) {
    case 'available':
    case 'readily':
      return 'available'
    case 'downloadable':
    case 'after-download':
      return 'downloadable'
    case 'downloading':
      return 'downloading'
    default:
      return 'unavailable'
  }
}
