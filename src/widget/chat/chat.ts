import type { Observable } from '../../client/session.ts'
import type { DigestPatch } from '../../core/memory/vault/patch-digest.ts'
import type { Message, Seq } from '../../core/session/message.ts'
import type { RecallHit } from '../../core/session/recall-hit.ts'
import type { SessionState } from '../../protocol/events.ts'
import type { FailureCode } from './failure-code.ts'
import type {
  CompactOutcome,
  ContextResult,
  GenerationDetail,
  GenerationSummary,
  RollbackOutcome,
} from '../../protocol/requests.ts'

/** One element of the conversation, in the order in which it is drawn. Keys last as long as what they stand for. */
export type ChatItem =
  | MessageItem
  | {
      /** Tool calls that stand together, each with its result as far as there is one: one line each. */
      readonly kind: 'tools'
      readonly key: string
      readonly calls: readonly ToolLine[]
      readonly isCovered: boolean
    }
  | {
      /** Where a fold ends: the messages above it on the page are covered by this generation. */
      readonly kind: 'fold'
      readonly key: string
      readonly generation: number
      readonly from: Seq
      readonly mark: Seq
      /** Messages that it covers. */
      readonly messages: number
      readonly tokensBefore: number
      readonly tokensAfter: number
      /** False for one that a later fold stands above. */
      readonly isHead: boolean
    }
  | {
      /** A place where the conversation went another way: messages that were left behind. */
      readonly kind: 'branch'
      readonly key: string
      readonly from: Seq
      readonly to: Seq
      readonly messages: number
    }
  | {
      /** Written while there was no connection; sent by itself once there is one. */
      readonly kind: 'queued'
      readonly key: string
      readonly text: string
      readonly attachments: readonly Attachment[]
    }

export interface MessageItem {
  readonly kind: 'message'
  readonly key: string
  readonly message: Message
  readonly isPinned: boolean
  /** Its place in the context is taken by the digest. */
  readonly isCovered: boolean
  /** What the person thought of an answer. */
  readonly rating: Rating | null
  /** The newest answer, which can be made anew. */
  readonly isNewest: boolean
}

export type Rating = 'up' | 'down'

/** A tool call as one line. */
export interface ToolLine {
  readonly callId: string
  readonly name: string
  /** The arguments as the model wrote them, in one line, cut to 200 characters. */
  readonly summary: string
  readonly status: 'running' | 'done' | 'failed'
  readonly seq: Seq
  /** Where the result stands; null while there is none. */
  readonly resultSeq: Seq | null
}

/** A file that goes with what is written next. */
export interface Attachment {
  readonly key: string
  readonly name: string
  readonly mediaType: string
  readonly bytes: number
  /** The content as a data URL. */
  readonly url: string
}

/** An answer on its way. */
export interface ChatAnswer {
  /** `folding` only at the hard threshold; `recalling` while recall tools are answered. */
  readonly phase: 'folding' | 'waiting' | 'answering' | 'recalling'
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly ToolLine[]
}

/** Why there is no answer, in words for people. */
export interface ChatFailure {
  /** What it is, for words of another language; missing where nothing is known but the words. */
  readonly code?: FailureCode
  /** What the words tell of: a status, a host, seconds, or a file; empty or missing where they tell of nothing. */
  readonly about?: string
  readonly title: string
  readonly advice: string
  /** What the server said, untrusted; empty if nothing. */
  readonly said: string
  readonly canRetry: boolean
}

/** The whole chat; a new value after every change, with unchanged parts the same objects. */
export interface ChatState {
  readonly session: SessionState
  readonly items: readonly ChatItem[]
  /** Older messages are still to be read. */
  readonly hasOlder: boolean
  readonly answer: ChatAnswer | null
  readonly failure: ChatFailure | null
  /** What is being written; kept with the session, so that a reload loses nothing. */
  readonly draft: string
  readonly attachments: readonly Attachment[]
  /** The message that what is written will replace; null where it goes behind the last one. */
  readonly editing: Seq | null
  readonly isOnline: boolean
  /** What was written before in this session, newest first, for the arrow keys; at most 50. */
  readonly history: readonly string[]
}

/** A session with everything that a chat page does with it. Never rejects: what fails becomes `failure`. */
export interface Chat {
  readonly state: Observable<ChatState>
  /** Sends what is written, or this text instead: appends, asks, streams. While offline it is queued. */
  send(text?: string): Promise<void>
  /** Ends the answer on its way; what came of it stays. */
  stop(): void
  /** Asks again after a failure. */
  retry(): Promise<void>
  /** Leaves the newest answer behind on a branch and asks anew. */
  regenerate(): Promise<void>
  /** Puts a message of the person into the composer; sending it then branches there. Null ends editing. */
  edit(seq: Seq | null): void
  setDraft(text: string): void
  /** Takes files; what is too large or of no known kind becomes `failure`. */
  attach(files: readonly File[]): Promise<void>
  detach(key: string): void
  /** Takes a queued message back into the composer. */
  unqueue(key: string): void
  pin(seq: Seq, isPinned: boolean): Promise<void>
  rate(seq: Seq, rating: Rating | null): Promise<void>
  loadOlder(): Promise<void>
  /** Reads until a message is among the items; its key, null where there is none such. */
  reveal(seq: Seq): Promise<string | null>
  dismiss(): void
  // What is behind the conversation. These answer null where it failed, with `failure` set.
  fold(): Promise<CompactOutcome | null>
  generations(): Promise<readonly GenerationSummary[] | null>
  generation(n: number): Promise<GenerationDetail | null>
  /** Edits lines of the head's digest. */
  editDigest(n: number, patch: DigestPatch): Promise<boolean>
  rollback(n: number): Promise<RollbackOutcome | null>
  messages(from: Seq, to: Seq): Promise<readonly Message[] | null>
  recall(words: string): Promise<readonly RecallHit[] | null>
  /** What is in the context now, without adopting or folding anything. */
  context(): Promise<ContextResult | null>
  close(): void
}
