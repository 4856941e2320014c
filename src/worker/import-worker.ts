import { expose, transfer } from 'comlink'
import { openFile } from '../adapters/exports/read-file.ts'
import { createTransferDesk } from '../engine/transfer/transfer-desk.ts'
import { createEstimatingTokeniser } from '../models/estimating-tokeniser.ts'
import { toReply, type Reply } from '../protocol/reply.ts'
import type { TransferDesk } from '../protocol/transfers.ts'
import { openDexieStore } from '../store/dexie-store.ts'
import { createBroadcastNotices } from '../tabs/broadcast-notices.ts'
import { holdLifeline } from '../tabs/lifeline.ts'
import { systemClock } from '../tabs/system-clock.ts'

/** What the store worker may ask of the import worker: what a desk does, with errors as data. */
export type ImportApi = {
  readonly [M in keyof TransferDesk]: (
    ...params: Parameters<TransferDesk[M]>
  ) => Promise<Reply<Awaited<ReturnType<TransferDesk[M]>>>>
} & {
  /** Opens the database; resolves when the lifeline is held. */
  start(options: ImportStart): Promise<Reply<void>>
}

export interface ImportStart {
  readonly database: string
  /** Of rows that are encrypted. */
  readonly dataKey: Uint8Array | undefined
  readonly lifeline: string
}

let started: Promise<TransferDesk> | undefined

const api: ImportApi = {
  start: ({ database, dataKey, lifeline }) =>
    toReply(async () => {
      started ??= open(database, dataKey)
      await started
      if (navigator.locks) await holdLifeline(navigator.locks, lifeline)
    }),
  importFile: (params) => toReply(async () => (await ready()).importFile(params)),
  importProgress: (params) => toReply(async () => (await ready()).importProgress(params)),
  exportChunk: async (params) => {
    const reply = await toReply(async () => (await ready()).exportChunk(params))
    return reply.ok && reply.value ? transfer(reply, [reply.value.bytes.buffer]) : reply
  },
  cancelTransfer: (params) => toReply(async () => (await ready()).cancelTransfer(params)),
}

expose(api)

async function open(database: string, dataKey: Uint8Array | undefined): Promise<TransferDesk> {
  return createTransferDesk({
    store: await openDexieStore({ name: database, ...(dataKey && { dataKey }) }),
    // What the store worker counts by, too: an imported message counts like one that was appended.
    tokeniser: createEstimatingTokeniser(),
    clock: systemClock,
    random: { id: () => crypto.randomUUID() },
    notices: createBroadcastNotices(database),
    openFile,
  })
}

function ready(): Promise<TransferDesk> {
  return started ?? Promise.reject(new Error('the import worker was not started'))
}
