import type { Job } from '../core/compaction/job.ts'
import type { Context } from '../core/session/context.ts'
import type { SliceQuery } from '../core/memory/slice-payload.ts'
import type { Slice } from '../core/memory/slice.ts'
import type { CheckResult, DigestLine, GenerationStatus } from '../core/session/generation.ts'
import type { Message, Part, Role, Seq, WireFormat } from '../core/session/message.ts'
import type { PolicyOptions } from '../core/session/policy.ts'
import type { DetailsPatch, SessionDetails } from '../core/session/session-details.ts'
import type { Integrity } from '../core/session/verify-log.ts'
import type { RecallHit } from '../core/session/recall-hit.ts'
import type { DeviceState } from '../core/ports/device-conditions.ts'
import type { SessionState } from './events.ts'
import type {
  AnswerOutcome,
  HostRequest,
  PlanOptions,
  RecallStep,
  RequestPlan,
} from './host-requests.ts'
import type { PlainChoice } from './summariser-desk.ts'
import type {
  ModelCommand,
  ModelTest,
  SentRequest,
  SummarisersStatus,
  SummaryTrial,
} from './summariser-status.ts'
import type { MemoryAction } from '../core/memory/memory-action.ts'
import type { DigestPatch } from '../core/memory/vault/patch-digest.ts'
import type { SessionJobs } from './job-registry.ts'
import type { ImportProgress, ImportReport } from '../core/transfer/import-report.ts'
import type { ExportChunk, ExportParams, TransferName } from './transfers.ts'
import type { PadCommand, PadsResult } from './pads.ts'
import type { SyncCredentials, SyncStatus } from './sync.ts'
import type { SyncSetup } from './sync-desk.ts'
import type {
  EditOutcome,
  FactsQuery,
  FactsResult,
  RuleChange,
  RulesResult,
} from './memory-vault.ts'
import type {
  ToolAnswers,
  ToolFormat,
  ToolRun,
  ToolRunOptions,
  WireTools,
} from './tool-messages.ts'

/** Formats that `context()` writes. */
export type ContextFormat = WireFormat

/** A message as a host may hand it over: canonical, or in the shape of a known API. */
export type MessageInput =
  | {
      readonly id?: string
      readonly role: Role
      readonly parts: readonly Part[]
      readonly at?: number
    }
  | ApiMessage
  // Written out where it is handed over, it may have any field.
  | (ApiMessage & { readonly [field: string]: unknown })

/** What the messages of a known API have in common, so that each client's own types fit. */
interface ApiMessage {
  readonly id?: string
  readonly role: string
  readonly content?: unknown
}

export interface AppendReceipt {
  /** Position of each message, in the order given. */
  readonly seqs: readonly Seq[]
  readonly ids: readonly string[]
  /** Tokens of each message, estimated. */
  readonly tokens: readonly number[]
}

/** A context, and how it is sent. `M` is the host's own type of a message. */
export interface ContextResult<M = unknown> extends Context {
  /** The context in the wire format asked for. The list is the caller's own. */
  readonly messages: M[]
  /** For formats that keep the system prompt apart. */
  readonly system?: string
  /** True if even after folding, payloads of the newest messages had to be stubbed to fit the budget. */
  readonly squeezed: boolean
  /** True if a ready candidate was adopted by this call. */
  readonly adopted: boolean
}

export type CompactOutcome =
  | {
      readonly kind: 'ready'
      readonly generation: number
      readonly tokensBefore: number
      readonly tokensAfter: number
    }
  | {
      readonly kind: 'applied'
      readonly generation: number
      readonly tokensBefore: number
      readonly tokensAfter: number
    }
  | { readonly kind: 'skipped' | 'rejected' | 'abandoned' | 'failed'; readonly reason: string }

export type ApplyOutcome =
  | { readonly kind: 'applied'; readonly generation: number }
  | { readonly kind: 'refused'; readonly reason: string }

export type RollbackOutcome =
  | { readonly kind: 'rolled-back'; readonly from: number; readonly to: number }
  | { readonly kind: 'refused'; readonly reason: string }

export interface GenerationSummary {
  readonly n: number
  readonly parent: number
  readonly status: GenerationStatus
  readonly mark: Seq
  readonly covered: number
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly createdAt: number
  readonly appliedAt?: number
  readonly checks: readonly CheckResult[]
  readonly summariser: string
}

export interface GenerationDetail extends GenerationSummary {
  readonly digest: readonly DigestLine[]
  /** The digest as the model reads it. */
  readonly text: string
}

export interface GenerationDiff {
  readonly from: number
  readonly to: number
  readonly added: readonly DigestLine[]
  readonly removed: readonly DigestLine[]
  readonly kept: number
  readonly tokensFrom: number
  readonly tokensTo: number
  readonly markFrom: Seq
  readonly markTo: Seq
}

/** A payload: an artifact by 12 or more digits of its hash, or a part of a message, counted from 0. */
export type PayloadPlace =
  { readonly artifact: string } | { readonly seq: Seq; readonly part: number }

/**
 * Words (also identifiers, "phrases" and prefixes like `back*`), a range of positions, a payload or a slice of
 * it, or the messages behind a line of the digest, named by its id or by how its text begins.
 */
export type RecallQuery =
  | string
  | { readonly from: Seq; readonly to: Seq }
  | { readonly line: string }
  | PayloadPlace
  | (PayloadPlace & SliceQuery)

export type RecallResult =
  | { readonly kind: 'hits'; readonly hits: readonly RecallHit[] }
  | { readonly kind: 'messages'; readonly messages: readonly Message[] }
  | { readonly kind: 'artifact'; readonly text: string; readonly mediaType: string }
  | ({ readonly kind: 'slice'; readonly mediaType: string } & Slice)
  | {
      readonly kind: 'sources'
      readonly line: DigestLine
      readonly messages: readonly Message[]
    }

/** What came of undoing something that a model did to its memory. */
export type UndoOutcome =
  | { readonly kind: 'undone'; readonly detail: string }
  | { readonly kind: 'refused'; readonly reason: string }

/** Who wants something back. What the model recalls again and again, the digest should have held. */
export type RecalledBy = 'person' | 'model'

export interface SessionSummary {
  readonly id: string
  readonly createdAt: number
  /** Time of the newest message, as it says itself; that of its creation while there is none. */
  readonly updatedAt: number
  readonly details: SessionDetails
  readonly messages: number
  readonly tokens: number
  readonly generation: number
  /** Messages and changes that the server has not confirmed; missing where it was never synchronised. */
  readonly pending?: number
  /** Changes made here that gave way to those of another device; missing for none. */
  readonly conflicts?: number
  /** The server lacks messages of it, and nothing of it is sent or taken in until they are said again, or skipped. */
  readonly isLacking?: true
}

export interface SearchOptions {
  /** Most sessions found; 20 by default, at most 100. */
  readonly limit?: number
  /** Whether sessions that are put away are searched too; true by default. */
  readonly archived?: boolean
}

/** A session that a search found, with at most 5 of its messages, the best first. */
export interface FoundSession {
  readonly session: SessionSummary
  /** None where only its title or its tags have the words. */
  readonly hits: readonly RecallHit[]
}

/** What came of a change of encryption, and how many stored rows were rewritten for it. */
export interface ProtectOutcome {
  readonly kind: 'on' | 'off' | 'changed' | 'unchanged'
  readonly rows: number
  /**
   * What was stored before encryption was turned on may still stand in the browser's files: LevelDB keeps what was
   * overwritten until it compacts, and no page can make it. To be rid of it at once: export, clear the site's data, open
   * with the passphrase, import.
   */
  readonly mayRemain: boolean
}

/** What came of deleting a session. */
export type DeleteOutcome =
  | { readonly kind: 'deleted'; readonly messages: number; readonly artifacts: number }
  | { readonly kind: 'not-found' }

/** Every request that crosses a thread: what it takes and what it answers with. */
export interface Requests {
  /** `existing` opens no other than one that is there. */
  open: {
    params: { session: string; options?: PolicyOptions; existing?: boolean }
    result: SessionState
  }
  sessions: { params: Record<never, never>; result: readonly SessionSummary[] }
  search: { params: { words: string } & SearchOptions; result: readonly FoundSession[] }
  protect: {
    params: { passphrase: string | null }
    result: ProtectOutcome & { readonly unlock?: unknown }
  }
  delete: { params: { session: string }; result: DeleteOutcome }
  state: { params: { session: string }; result: SessionState }
  describe: { params: { session: string; patch: DetailsPatch }; result: SessionDetails }
  append: {
    params: {
      session: string
      messages: readonly MessageInput[]
      /** Ids issued by the caller just now, for messages that have none. */
      ids?: readonly string[]
      /** The call is sent again and may have been carried out before. */
      repeat?: boolean
    }
    result: AppendReceipt
  }
  context: {
    params: { session: string; format?: ContextFormat; adopt?: boolean }
    result: ContextResult
  }
  compact: {
    params: { session: string; upTo?: Seq; instructions?: string }
    result: CompactOutcome
  }
  apply: { params: { session: string }; result: ApplyOutcome }
  cancel: { params: { session: string }; result: boolean }
  generations: { params: { session: string }; result: readonly GenerationSummary[] }
  generation: { params: { session: string; n: number }; result: GenerationDetail }
  diff: { params: { session: string; a: number; b: number }; result: GenerationDiff }
  rollback: { params: { session: string; n: number }; result: RollbackOutcome }
  branch: { params: { session: string; after: Seq }; result: SessionState }
  pin: { params: { session: string; seq: Seq; pinned: boolean }; result: readonly Seq[] }
  recall: {
    params: {
      session: string
      query: RecallQuery
      limit?: number
      tokens?: number
      by?: RecalledBy
    }
    result: RecallResult
  }
  tools: {
    params: { session: string; format?: ToolFormat; memory?: boolean }
    result: WireTools[ToolFormat]
  }
  runTool: {
    params: { session: string; name: string; input: unknown } & ToolRunOptions
    result: ToolRun
  }
  answerTools: {
    params: { session: string; message: unknown } & ToolRunOptions
    result: ToolAnswers
  }
  memory: { params: { session: string }; result: readonly MemoryAction[] }
  undo: { params: { session: string; action: number }; result: UndoOutcome }
  pads: { params: { session: string; command?: PadCommand | undefined }; result: PadsResult }
  rules: { params: { session: string; change?: RuleChange }; result: RulesResult }
  facts: { params: { session: string } & FactsQuery; result: FactsResult }
  editDigest: { params: { session: string; n: number; patch: DigestPatch }; result: EditOutcome }
  verify: { params: { session: string }; result: Integrity }
  jobs: { params: { session: string }; result: readonly Job[] }
  importFile: { params: TransferName & { file: Blob }; result: ImportReport }
  importProgress: { params: TransferName; result: ImportProgress | null }
  exportChunk: { params: ExportParams; result: ExportChunk | null }
  cancelTransfer: { params: TransferName; result: void }
  registry: { params: Record<never, never>; result: readonly SessionJobs[] }
  reportUsage: { params: { session: string; inputTokens: number; model?: string }; result: number }
  configure: { params: { session: string; options: PolicyOptions }; result: SessionState }
  summarisers: { params: Record<never, never>; result: SummarisersStatus }
  chooseSummarisers: { params: { choices: readonly PlainChoice[] }; result: void }
  resetSummarisers: { params: Record<never, never>; result: void }
  testSummariser: { params: { step: number }; result: ModelTest }
  trySummariser: {
    params: { session: string; step: number; from?: Seq; to?: Seq }
    result: SummaryTrial
  }
  commandSummariser: { params: { step: number; command: ModelCommand }; result: void }
  sentToModels: { params: Record<never, never>; result: readonly SentRequest[] }
  beginTurn: { params: { provider: string; turn: string }; result: void }
  endTurn: { params: { turn: string }; result: void }
  tellDevice: { params: { state: DeviceState }; result: void }
  sync: { params: Record<never, never>; result: SyncStatus }
  beginSync: { params: { setup: SyncSetup }; result: void }
  endSync: { params: Record<never, never>; result: void }
  retrySync: { params: Record<never, never>; result: void }
  renewSync: { params: { credentials: SyncCredentials }; result: void }
  removeSyncDevice: { params: { device: string; passphrase?: string }; result: void }
  skipMissing: { params: { session: string }; result: void }
  planRequest: { params: { request: HostRequest; options?: PlanOptions }; result: RequestPlan }
  /** The request failed because its context was too long: what to send instead, folded harder. */
  rescueRequest: { params: { plan: string; status: number; answer: string }; result: RequestPlan }
  /** The whole answer to a planned request. */
  recordAnswer: { params: { plan: string; answer: string }; result: AnswerOutcome }
  /** An answer that makes recall tool calls, and perhaps others. */
  continueRequest: { params: { plan: string; answer: string }; result: RecallStep }
}

export type Method = keyof Requests
export type Params<M extends Method> = Requests[M]['params']
export type Result<M extends Method> = Requests[M]['result']

/** Requests that may be sent again to a new worker: they change nothing, or nothing twice. */
export const REPEATABLE: readonly Method[] = [
  'open',
  'sessions',
  'state',
  'append',
  'context',
  'search',
  'delete',
  'describe',
  'generations',
  'generation',
  'diff',
  'pin',
  'recall',
  'tools',
  'memory',
  'pads',
  'verify',
  'jobs',
  'registry',
  'configure',
  'summarisers',
  'sentToModels',
  'sync',
  'endSync',
  'retrySync',
  'renewSync',
]
