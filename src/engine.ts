/** Published as `backfold/engine`: the same engine in this process, for Node, servers and tests. */
export { openEngine } from './client/open-engine.ts'
export type { EngineOptions } from './client/open-engine.ts'
export type { Flag, FlagKind, Repair, RepairKind } from './adapters/history/history-findings.ts'
export type { HistorySource } from './adapters/history/read-history.ts'
export type { HostExtractor } from './client/host-extractor.ts'
export type { AiSdkTool } from './client/recall-tools.ts'
export type {
  Backfold,
  Imported,
  ImportOptions,
  Observable,
  RecallTools,
  Session,
} from './client/session.ts'
export { BackfoldError, isBackfoldError } from './core/backfold-error.ts'
export type { BackfoldErrorCode } from './core/backfold-error.ts'
export type { ProposedLine } from './core/compaction/accept-lines.ts'
export type { ExtractorBlock } from './core/ports/host-extractor.ts'
export type { MemoryAction } from './core/memory/memory-action.ts'
export type { Clock } from './core/ports/clock.ts'
export type { SessionStore } from './core/ports/session-store.ts'
export type { SyncJournal } from './core/ports/sync-journal.ts'
export type { Tokeniser } from './core/ports/tokeniser.ts'
export type { PadCommand, PadEntry, PadsResult } from './protocol/pads.ts'
export type { ToolAnswers, ToolFormat, ToolRun, ToolRunOptions } from './protocol/tool-messages.ts'
export { createMemoryRows, createMemoryStore } from './store/memory-store.ts'
export type { MemoryRows } from './store/memory-store.ts'
export { createJournalMemory, createMemorySyncJournal } from './store/memory-sync-journal.ts'
export type { JournalMemory } from './store/memory-sync-journal.ts'
