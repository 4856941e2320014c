import { BackfoldError } from '../../core/backfold-error.ts'
import type { TransferDesk } from '../../protocol/transfers.ts'
import type { EnginePorts } from '../engine-ports.ts'

/** Requests that import and export: they go to whoever does that. */
export function createTransferHandlers({
  transfers,
}: Pick<EnginePorts, 'transfers'>): Pick<TransferDesk, keyof TransferDesk> {
  const desk = (): TransferDesk => {
    if (transfers) return transfers
    throw new BackfoldError('INVALID_INPUT', 'this engine was opened without imports and exports')
  }
  return {
    importFile: async (params) => desk().importFile(params),
    importProgress: async (params) => desk().importProgress(params),
    exportChunk: async (params) => desk().exportChunk(params),
    cancelTransfer: async (params) => desk().cancelTransfer(params),
  }
}
