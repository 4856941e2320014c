import type { Backfold, Session } from '../../../client/session.ts'
import type { ChatModel, NoModel } from '../ask/chat-model.ts'
import type { Attachment, ChatFailure, Rating } from '../chat.ts'
import type { ChatWorld } from './chat-world.ts'
import type { HostTools } from './host-tools.ts'

/** What a chat uses of its session. */
export type ChatSession = Pick<
  Session,
  | 'id'
  | 'state'
  | 'append'
  | 'context'
  | 'compact'
  | 'apply'
  | 'generations'
  | 'generation'
  | 'rollback'
  | 'branch'
  | 'pin'
  | 'unpin'
  | 'recall'
  | 'recallTools'
  | 'answerTools'
  | 'editDigest'
  | 'reportUsage'
  | 'describe'
  | 'on'
>

/** What is about to be sent. */
export interface Outgoing {
  readonly text: string
  readonly attachments: readonly Attachment[]
}

/** What a chat tells its host, once each. */
export type ChatNews =
  /** A message of the person was appended. */
  | { readonly type: 'sent'; readonly seq: number; readonly text: string }
  /** An answer was appended, whole or as far as it came. */
  | {
      readonly type: 'answered'
      readonly seq: number
      readonly text: string
      readonly outcome: 'finished' | 'stopped' | 'failed'
    }
  | { readonly type: 'failed'; readonly failure: ChatFailure }
  | { readonly type: 'folded'; readonly generation: number }
  | { readonly type: 'rated'; readonly seq: number; readonly rating: Rating | null }

export interface ChatOptions {
  readonly session: ChatSession
  /** Whoever answers, looked up for each answer; or why nobody can, as a sentence. */
  readonly model: () => ChatModel | NoModel
  /** Tools that the host carries out; none by default. */
  readonly tools?: () => HostTools | null
  /** Whether the model may recall for itself; true by default. */
  readonly recall?: () => boolean
  /** Whether nothing may be changed by the person; false by default. */
  readonly readOnly?: () => boolean
  /** Makes a call to a provider as a turn, so that a summariser's call there gives way. */
  readonly turn?: Backfold['turn']
  /** Asked before anything is sent; false keeps it in the composer. */
  readonly maySend?: (outgoing: Outgoing) => boolean
  readonly onNews?: (news: ChatNews) => void
  /** Name of the database, so that locks of several don't meet; `backfold` by default. */
  readonly database?: string
  /** The surroundings; the page by default. */
  readonly world?: ChatWorld
}
