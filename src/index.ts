/** Published as `backfold`: what a page loads. */
export { openBackfold } from './client/open-backfold.ts'
export { readProtection } from './client/protection.ts'
export type { Protection } from './client/read-protection.ts'
export type { OpenOptions } from './client/open-backfold.ts'
export type { Flag, FlagKind, Repair, RepairKind } from './adapters/history/history-findings.ts'
export type { HistorySource } from './adapters/history/read-history.ts'
export type { FetchOptions, RequestReport } from './client/fetch/fetch-options.ts'
export type { HostExtractor } from './client/host-extractor.ts'
export type { AiSdkTool } from './client/recall-tools.ts'
export type {
  Backfold,
  ExportOptions,
  Imported,
  ImportFileOptions,
  ImportOptions,
  MarkdownOptions,
  Observable,
  RecallTools,
  Session,
} from './client/session.ts'
export type { Summarisers } from './client/summarisers.ts'
export type { RemoveDeviceOptions, Sync } from './client/backfold-sync.ts'
export { BackfoldError, isBackfoldError } from './core/backfold-error.ts'
export type { BackfoldErrorCode } from './core/backfold-error.ts'
export type { ProposedLine } from './core/compaction/accept-lines.ts'
export type { ExtractorBlock } from './core/ports/host-extractor.ts'
export type { FactKind, FormerValue } from './core/memory/facts/fact.ts'
export type { FactCommand } from './core/memory/facts/change-facts.ts'
export type { FactEntry, FactsWish } from './core/memory/facts/fact-entry.ts'
export type { MemoryAction } from './core/memory/memory-action.ts'
export type {
  PadArgument,
  PadParameter,
  PadPiece,
  PadSpan,
  PadStep,
} from './core/memory/pads/pad.ts'
export type { RuleCommand } from './core/memory/vault/change-rules.ts'
export type { DigestPatch } from './core/memory/vault/patch-digest.ts'
export type { RuleEntry, RuleProposal, RuleStands } from './core/memory/vault/rule-entry.ts'
export type { RuleOrigin, RuleStatus } from './core/memory/vault/rule-row.ts'
export type { SliceQuery } from './core/memory/slice-payload.ts'
export type { Slice } from './core/memory/slice.ts'
export type { Job, JobState, Trigger } from './core/compaction/job.ts'
export type {
  ExportProgress,
  FileFinding,
  FileSource,
  ImportedSession,
  ImportProgress,
  ImportReport,
} from './core/transfer/import-report.ts'
export type { Categories, Context, Entry } from './core/session/context.ts'
export type {
  CheckResult,
  DigestLine,
  GenerationStatus,
  Section,
} from './core/session/generation.ts'
export type { Integrity, Problem, ProblemKind } from './core/session/verify-log.ts'
export type { DetailsPatch, SessionDetails } from './core/session/session-details.ts'
export type { Draft, Message, Part, Role, Seq } from './core/session/message.ts'
export type {
  ApplyAt,
  AutoRecallPolicy,
  Budget,
  Policy,
  PolicyOptions,
  ProbationPolicy,
  RetainedTail,
} from './core/session/policy.ts'
export type { RecallHit } from './core/session/recall-hit.ts'
export type {
  BackfoldEvent,
  EventType,
  Health,
  JobStatus,
  ProbationStatus,
  SessionEvent,
  SessionState,
  SessionSync,
} from './protocol/events.ts'
export type { BlockEntry, ExtractorEntry, JobEntry, SessionJobs } from './protocol/job-registry.ts'
export type {
  EditOutcome,
  FactChange,
  FactsQuery,
  FactsResult,
  RuleChange,
  RulesResult,
  TakesEffect,
  VaultOutcome,
} from './protocol/memory-vault.ts'
export type {
  AnthropicTool,
  GeminiTool,
  MadeToolCall,
  OpenAiTool,
  ResponsesTool,
  ToolAnswers,
  ToolFormat,
  ToolMessage,
  ToolRun,
  ToolRunOptions,
} from './protocol/tool-messages.ts'
export type { PassReason } from './protocol/host-requests.ts'
export type { PadCommand, PadEntry, PadsResult } from './protocol/pads.ts'
export type { SummariserChoice, SummariserOptions } from './protocol/summariser-options.ts'
export type {
  SyncCredentials,
  SyncDevice,
  SyncOptions,
  SyncPhase,
  SyncStatus,
} from './protocol/sync.ts'
export type { TokeniserName } from './protocol/tokeniser-name.ts'
export type {
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
  PayloadPlace,
  ProtectOutcome,
  RecalledBy,
  RecallQuery,
  RecallResult,
  RollbackOutcome,
  SearchOptions,
  SessionSummary,
  UndoOutcome,
} from './protocol/requests.ts'
