import type { Backfold, Session } from '../../client/session.ts'
import type { DetailsPatch, SessionDetails } from '../../core/session/session-details.ts'
import type { RecallHit } from '../../core/session/recall-hit.ts'
import type { SessionSummary } from '../../protocol/requests.ts'

/** What the app asks of an open Backfold, by the names of its client. In tests a fake takes its place. */
export interface KeptBackfold extends Omit<Backfold, 'session'> {
  session(id: string, options?: Parameters<Backfold['session']>[1]): Promise<KeptSessionObject>
  delete(id: string): Promise<DeleteOutcome>
  search(
    words: string,
    options?: { readonly limit?: number; readonly archived?: boolean },
  ): Promise<readonly FoundSession[]>
  protect(change: { readonly passphrase: string | null }): Promise<unknown>
  export(options?: ExportOptions): ReadableStream<Uint8Array>
  importFile(file: File | Blob, options?: ImportFileOptions): Promise<ImportReport>
}

/** A session with what the app needs beyond the chat. */
export interface KeptSessionObject extends Session {
  describe(patch: DetailsPatch): Promise<SessionDetails>
  verify(): Promise<unknown>
  markdown(options: { readonly of: 'log' | 'context' }): Promise<string>
}

export type DeleteOutcome =
  | { readonly kind: 'deleted'; readonly messages: number; readonly artifacts: number }
  | { readonly kind: 'not-found' }

export interface FoundSession {
  readonly session: SessionSummary
  readonly hits: readonly RecallHit[]
}

export interface ExportOptions {
  /** Ids; all sessions unless given. */
  readonly sessions?: readonly string[]
  readonly onProgress?: (progress: unknown) => void
  readonly signal?: AbortSignal
}

export interface ImportFileOptions {
  readonly onProgress?: (progress: unknown) => void
  readonly signal?: AbortSignal
}

/** What came of a file; read by {@link readImportReport}. */
export type ImportReport = unknown

/** Whether a database is encrypted. */
export type Protection = 'none' | 'passphrase' | 'absent'
