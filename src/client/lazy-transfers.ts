import type { TransferPorts } from '../engine/transfer/transfer-ports.ts'
import type { TransferDesk } from '../protocol/transfers.ts'
import { createSilentNotices } from '../tabs/broadcast-notices.ts'

/** Imports and exports in this process: who moves no files need not load what does. */
export function lazyTransfers(
  ports: Pick<TransferPorts, 'store' | 'tokeniser' | 'random' | 'clock'>,
): TransferDesk {
  let loading: Promise<TransferDesk> | undefined
  const desk = (): Promise<TransferDesk> =>
    (loading ??= import('./transfer-desk-here.ts').then(({ openDesk }) =>
      openDesk({ ...ports, notices: createSilentNotices() }),
    ))
  return {
    importFile: async (params) => (await desk()).importFile(params),
    importProgress: async (params) => (await desk()).importProgress(params),
    exportChunk: async (params) => (await desk()).exportChunk(params),
    cancelTransfer: async (params) => (await desk()).cancelTransfer(params),
  }
}
