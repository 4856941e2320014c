import type {
  ExportProgress,
  ImportProgress,
  ImportReport,
} from '../core/transfer/import-report.ts'

/** Names a transfer among those of its page. */
export interface TransferName {
  readonly transfer: string
}

/** Which bytes of an export are wanted. */
export interface ExportParams extends TransferName {
  /** Counted from 0. */
  readonly chunk: number
  readonly sessions?: readonly string[]
}

/** The next bytes of an export. */
export interface ExportChunk {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly progress: ExportProgress
}

/** Carries out imports and exports, where they hold up nobody. */
export interface TransferDesk {
  /** Ends with the report, or with `CLOSED` when it is cancelled. */
  importFile(params: TransferName & { readonly file: Blob }): Promise<ImportReport>
  /** The next state of a running import; null once it has ended. */
  importProgress(params: TransferName): Promise<ImportProgress | null>
  /**
   * The next bytes of an export; null behind the last ones. Chunk 0 begins it: any other of one that nobody knows ends
   * with `WORKER_LOST`, as a new worker can't go on in the middle.
   */
  exportChunk(params: ExportParams): Promise<ExportChunk | null>
  cancelTransfer(params: TransferName): Promise<void>
}
