import type {
  ExportProgress,
  ImportProgress,
  ImportReport,
} from '../core/transfer/import-report.ts'

/** Names a transfer among those of its page. */
export interface TransferName {
  readonly transfer: string
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
  /** The next bytes of an export, which the first call begins; null behind the last ones. */
  exportChunk(
    params: TransferName & { readonly sessions?: readonly string[] },
  ): Promise<ExportChunk | null>
  cancelTransfer(params: TransferName): Promise<void>
}
