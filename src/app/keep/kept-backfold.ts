import type { Backfold, Session } from '../../client/session.ts'
import type {
  ExportProgress,
  ImportProgress,
  ImportReport,
} from '../../core/transfer/import-report.ts'

/** What the app asks of an open Backfold, by the names of its client. In tests a fake takes its place. */
export interface KeptBackfold extends Omit<Backfold, 'session'> {
  session(...call: Parameters<Backfold['session']>): Promise<KeptSessionObject>
  export(options?: ExportOptions): ReadableStream<Uint8Array>
  importFile(file: Blob, options?: ImportFileOptions): Promise<ImportReport>
}

/** A session with what the app needs beyond the chat. */
export interface KeptSessionObject extends Session {
  verify(): Promise<unknown>
  markdown(options?: { readonly of?: 'log' | 'context' }): Promise<string>
}

export interface ExportOptions {
  /** Ids; all sessions unless given. */
  readonly sessions?: readonly string[]
  readonly onProgress?: (progress: ExportProgress) => void
  readonly signal?: AbortSignal
}

export interface ImportFileOptions {
  readonly onProgress?: (progress: ImportProgress) => void
  readonly signal?: AbortSignal
}
