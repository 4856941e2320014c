import { openFile } from '../adapters/exports/read-file.ts'
import { createTransferDesk } from '../engine/transfer/transfer-desk.ts'
import type { TransferPorts } from '../engine/transfer/transfer-ports.ts'
import type { TransferDesk } from '../protocol/transfers.ts'

/** The desk, with what knows the files of others. */
export function openDesk(ports: Omit<TransferPorts, 'openFile'>): TransferDesk {
  return createTransferDesk({ ...ports, openFile })
}
