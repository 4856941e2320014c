import type { Flag, Repair } from '../adapters/history/history-findings.ts'
import type { HistorySource } from '../adapters/history/read-history.ts'
import type { Job } from '../core/compaction/job.ts'
import type { MemoryAction } from '../core/memory/memory-action.ts'
import type { DigestPatch } from '../core/memory/vault/patch-digest.ts'
import type { Seq } from '../core/session/message.ts'
import type {
  ExportProgress,
  ImportProgress,
  ImportReport,
} from '../core/transfer/import-report.ts'
import type { DetailsPatch, SessionDetails } from '../core/session/session-details.ts'
import type { Integrity } from '../core/session/verify-log.ts'
import type { PolicyOptions } from '../core/session/policy.ts'
import type { EventOf, EventType, SessionState } from '../protocol/events.ts'
import type { FetchOptions } from './fetch/fetch-options.ts'
import type { Summarisers } from './summarisers.ts'
import type { Sync } from './backfold-sync.ts'
import type { SessionJobs } from '../protocol/job-registry.ts'
import type { PadCommand, PadsResult } from '../protocol/pads.ts'
import type {
  EditOutcome,
  FactsQuery,
  FactsResult,
  RuleChange,
  RulesResult,
} from '../protocol/memory-vault.ts'
import type {
  ToolAnswers,
  ToolFormat,
  ToolRun,
  ToolRunOptions,
  WireTools,
} from '../protocol/tool-messages.ts'
import type { AiSdkTool } from './recall-tools.ts'
import type {
  AppendReceipt,
  ApplyOutcome,
  CompactOutcome,
  ContextFormat,
  ContextResult,
  DeleteOutcome,
  FoundSession,
  GenerationDetail,
  GenerationDiff,
  GenerationSummary,
  MessageInput,
  ProtectOutcome,
  RecalledBy,
  RecallQuery,
  RecallResult,
  RollbackOutcome,
  SearchOptions,
  SessionSummary,
  UndoOutcome,
} from '../protocol/requests.ts'

/** A value that can be read at any time and watched; fits `useSyncExternalStore`. */
export interface Observable<T> {
  get(): T
  /** Calls back after every change; returns the way to stop. */
  subscribe(listener: () => void): () => void
}

/** Tools by format, as a provider's request takes them. */
export interface RecallTools extends Omit<WireTools, 'ai-sdk'> {
  readonly 'ai-sdk': Record<string, AiSdkTool>
}

/** One conversation with its log, context, head generation and job slot. */
export interface Session {
  readonly id: string
  /** The session at a glance: tokens by category, job, generation, next action, health. */
  readonly state: Observable<SessionState>
  /**
   * Gives it a title, tags or texts of the host's own, or puts it away: what is not named stays. No model is told.
   *
   * @throws BackfoldError `INVALID_INPUT` for what is out of bounds; then nothing is changed.
   */
  describe(patch: DetailsPatch): Promise<SessionDetails>
  /**
   * Appends messages to the log. Durable when it resolves, and never behind a job. Takes canonical
   * messages (`{ role, parts }`), OpenAI and Anthropic ones (`{ role, content, … }`).
   */
  append(...messages: MessageInput[]): Promise<AppendReceipt>
  /**
   * The context for the next request. At the start of a turn a ready candidate is adopted first; at
   * the hard threshold the session is folded first, without a model.
   *
   * @param options.format - `openai` by default.
   * @param options.adopt - False only looks: nothing is adopted or folded.
   * @typeParam M - The host's type of a message in that format, such as `OpenAI.ChatCompletionMessageParam`.
   */
  context<M = unknown>(options?: {
    format?: ContextFormat
    adopt?: boolean
  }): Promise<ContextResult<M>>
  /** Makes a candidate now and resolves when it is ready, or says why there is none. */
  compact(options?: { upTo?: Seq; instructions?: string }): Promise<CompactOutcome>
  /** Makes the ready candidate the head generation now. */
  apply(): Promise<ApplyOutcome>
  /** Ends the running job; false if none runs here. The context is the one from before. */
  cancel(): Promise<boolean>
  generations(): Promise<readonly GenerationSummary[]>
  generation(n: number): Promise<GenerationDetail>
  /** Digest lines that came and went between two generations. */
  diff(a: number, b: number): Promise<GenerationDiff>
  /** Makes an earlier generation the head again, keeping everything appended since; 0 unfolds all. */
  rollback(n: number): Promise<RollbackOutcome>
  /** Keeps messages above `after` in the log but takes them off the active path. */
  branch(after: Seq): Promise<SessionState>
  /** Keeps a message, with its tool exchange, in every context; resolves to all pinned positions. */
  pin(seq: Seq): Promise<readonly Seq[]>
  unpin(seq: Seq): Promise<readonly Seq[]>
  /**
   * Brings back anything moved out: by words, by range of positions, by artifact, or the messages behind a
   * line of the digest. Words may be identifiers, which are found whole and in parts, "phrases", and prefixes
   * (`back*`). Of an artifact, or of any part of a message, also lines, a value of JSON, or matches.
   *
   * @param options.limit - Most messages found by words; 8 by default, at most 100.
   * @param options.tokens - Most tokens of all texts found by words. Then as many short passages come as
   * fit, chosen so that they say different things; `limit` is 100 by default.
   * @param options.by - `person` by default. For the `model`, what its context holds comes last. What it
   * recalls again and again speaks against the fold that took it away.
   */
  recall(
    query: RecallQuery,
    options?: { limit?: number; tokens?: number; by?: RecalledBy },
  ): Promise<RecallResult>
  /**
   * The tools by which a model recalls for itself, in the shape of a provider: for `openai` (the default),
   * `responses`, `anthropic` and `gemini` a list, for `ai-sdk` a record with `execute`.
   *
   * @param options.memory - Also offers the tools for managing memory; false by default.
   */
  recallTools<F extends ToolFormat = 'openai'>(
    options?: ToolRunOptions & { format?: F },
  ): Promise<RecallTools[F]>
  /** Carries out one tool call of a model. What it got wrong is said in the result, never thrown. */
  runTool(name: string, input: unknown, options?: ToolRunOptions): Promise<ToolRun>
  /**
   * Answers all calls of the recall tools in an assistant's message of any of the formats, with messages in
   * the same format.
   */
  answerTools(message: unknown, options?: ToolRunOptions): Promise<ToolAnswers>
  /** What the model did to its memory: notes, proposed rules, pins, archives; oldest first. */
  memory(): Promise<readonly MemoryAction[]>
  /** Undoes one of these by its number. */
  undo(action: number): Promise<UndoOutcome>
  /**
   * Action pads: sequences of tool calls that reached a goal, to be used again. Without a command it lists them;
   * commands find, rename, edit, delete, export to JSON and import from it.
   *
   * @throws BackfoldError `INVALID_INPUT` with what is wrong, `SESSION_NOT_FOUND` for a pad that is not there.
   */
  pads(command?: PadCommand): Promise<PadsResult>
  /**
   * The standing rules of user and system: those of the digest, and those stated where nothing is folded yet, newest
   * first; and what a model proposed. With a change, carries it out before: a person adds, edits, removes, restores,
   * pins or unpins a rule, or decides on a proposal.
   */
  rules(change?: RuleChange): Promise<RulesResult>
  /**
   * Typed facts, newest first, with their sources; what was replaced is marked. With `change`, a person corrects,
   * removes or restores one before.
   */
  facts(query?: FactsQuery): Promise<FactsResult>
  /**
   * Edits lines of the digest and makes the result the head, covering the same messages; rolled back like any other.
   *
   * @param n - The head generation: another is refused.
   */
  editDigest(n: number, patch: DigestPatch): Promise<EditOutcome>
  /**
   * Looks whether everything that is stored of it fits together: the hash of every message and the chain over them, the
   * sums, what the head covers, every artifact, and the index. Damage is told, never thrown; nothing is changed.
   */
  verify(): Promise<Integrity>
  /** All jobs of this session, newest first, with the reason each ended. */
  jobs(): Promise<readonly Job[]>
  /**
   * Tells what the provider counted for the last context; estimates learn from it. Resolves to the
   * factor now applied to estimates.
   */
  reportUsage(usage: { inputTokens: number; model?: string }): Promise<number>
  /** Changes budget and policy from now on. */
  configure(options: PolicyOptions): Promise<SessionState>
  /** Backfold's archive of this session, as {@link Backfold.export} makes it of all. */
  export(options?: Omit<ExportOptions, 'sessions'>): ReadableStream<Uint8Array>
  /**
   * The whole log as a transcript in Markdown that can be imported again (`log`, the default), or the folded context
   * as a hand-off for another model (`context`).
   */
  markdown(options?: MarkdownOptions): Promise<string>
  /** Calls back for every event of one type, or of all (`*`); returns the way to stop. */
  on<T extends EventType | '*'>(type: T, listener: (event: EventOf<T>) => void): () => void
}

/** How a file is imported. */
export interface ImportFileOptions {
  /** Called some times a second. */
  readonly onProgress?: (progress: ImportProgress) => void
  /** Cancels: sessions that are whole by then stay. */
  readonly signal?: AbortSignal
}

/** How an archive is made. */
export interface ExportOptions {
  /** Ids; all sessions by default. */
  readonly sessions?: readonly string[]
  /** Called with every piece that is read. */
  readonly onProgress?: (progress: ExportProgress) => void
  readonly signal?: AbortSignal
}

/** What is written as Markdown. */
export interface MarkdownOptions {
  readonly of?: 'log' | 'context'
}

/** How a history is imported. */
export interface ImportOptions {
  /** Id of the session; by default one that follows from the history. Open it first to choose its budget. */
  readonly session?: string
  /** Goes before the title that the history has. */
  readonly title?: string
  /**
   * What becomes of calls at the very end that have no result. `close` (the default) puts one that
   * says so. Only if you will still append the results, `keep` them open.
   */
  readonly openCalls?: 'close' | 'keep'
}

/** What an import came to. */
export interface Imported {
  readonly session: Session
  /** As given, else as the file says it. Backfold does not store it. */
  readonly title: string | undefined
  /** Messages of the history, after repairing. */
  readonly messages: number
  /** What was damaged and how it was mended, in the order of the history. */
  readonly repairs: readonly Repair[]
  /** What was noticed and left as it is. */
  readonly flags: readonly Flag[]
}

/** An open Backfold. */
export interface Backfold {
  /** Opens a session, creating it on first use. Options given later change its policy. */
  session(id: string, options?: PolicyOptions): Promise<Session>
  /**
   * Repairs a history that another tool kept, and appends it to a session of its own: a session file
   * (also gzipped, also a Claude Code log), or messages in any supported format. If it was cut off,
   * the same import again goes on where it stopped; an import that is complete is not repeated.
   *
   * @throws BackfoldError `INVALID_INPUT` for what is no history, and for a session that has other
   * messages. Nothing was changed then, unless somebody appended to it while the import ran.
   */
  import(source: HistorySource, options?: ImportOptions): Promise<Imported>
  /**
   * Imports a file into as many sessions as are in it: an archive of Backfold, the data export of ChatGPT or Claude (as
   * a zip or `conversations.json`), a log of Claude Code or Codex, messages in any supported format, a transcript in
   * Markdown; gzipped too. All the work is done in a worker of its own. Damaged files are mended where that is sound,
   * and what is refused is named with its place and reason.
   *
   * If it is cut off, whole sessions are there, and the same import again goes on where it stopped.
   *
   * @throws BackfoldError `STORAGE_*` where nothing can be stored; the reason of the signal when it is cancelled.
   */
  importFile(file: Blob, options?: ImportFileOptions): Promise<ImportReport>
  /**
   * Backfold's archive of all sessions, or of those named: everything but the index for recall. It comes as fast as it
   * is read, and ends with an error if it can't go on.
   */
  export(options?: ExportOptions): ReadableStream<Uint8Array>
  /** All stored sessions, newest first. */
  sessions(): Promise<readonly SessionSummary[]>
  /**
   * Finds sessions by words in their titles, tags and messages, those with all words first, of these the newest.
   *
   * @throws BackfoldError `INVALID_INPUT`
   */
  search(words: string, options?: SearchOptions): Promise<readonly FoundSession[]>
  /**
   * Encrypts what is stored, and whatever will be, with a passphrase; changes the passphrase; or, with null, stores
   * everything as it is again. Calls meanwhile wait; other tabs have to open it again. If it is cut short, it goes on
   * when the database is next opened. Without the passphrase nobody can open it, nor can we.
   *
   * @throws BackfoldError `STORAGE_BLOCKED` where another tab does not let go of the database; then nothing is changed.
   */
  protect(change: { passphrase: string | null }): Promise<ProtectOutcome>
  /**
   * Deletes a session with everything that is stored of it, for good. Its jobs end, and every session object of it, in
   * all tabs, answers `SESSION_NOT_FOUND` from then on. A session that is opened under that id later begins empty.
   */
  delete(id: string): Promise<DeleteOutcome>
  /**
   * The newest jobs of all sessions and tabs, by session: progress block by block, extractors and why
   * any was left out, spend, owner, and the reason each ended. Empty until it was first read.
   */
  jobs(): Observable<readonly SessionJobs[]>
  /** The ladder of summarisers: choose, watch, try and steer it. */
  summarisers(): Promise<Summarisers>
  /** One log for all devices of a person: watch and steer it, start and stop it. */
  sync(): Promise<Sync>
  /**
   * Makes a call of a chat's turn to a provider that summarisers use as well: a job's call that holds its only
   * slot gives way, and goes on afterwards. Passes on what the work comes to.
   *
   * @param provider - As {@link Summarisers.status} names it.
   */
  turn<T>(provider: string, work: () => Promise<T>): Promise<T>
  /**
   * A `fetch` for a host that sends its whole history with every request: hand it to a provider's SDK, or make it
   * the global one. It knows the format by the request, appends what is new to the log, and sends the folded context
   * in place of the history. Streams, aborts, headers and errors pass as they are, and so does the whole request
   * where anything about it is in doubt, or where no plan for it is there in time.
   *
   * @throws BackfoldError `INVALID_INPUT` for options that are unknown or out of bounds.
   */
  fetch(options?: FetchOptions): typeof fetch
  /** Ends jobs and closes storage. Calls in flight end with `CLOSED`. */
  close(): Promise<void>
}
