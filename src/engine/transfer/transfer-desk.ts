import { BackfoldError } from '../../core/backfold-error.ts'
import type { ExportProgress, ImportProgress } from '../../core/transfer/import-report.ts'
import { joinBytes } from '../../core/transfer/json-splitter.ts'
import type { TransferDesk } from '../../protocol/transfers.ts'
import { importFile } from './import-file.ts'
import type { TransferPorts } from './transfer-ports.ts'
import { writeArchive } from './write-archive.ts'

/** Bytes of an export that are handed out at once. */
const CHUNK_BYTES = 256 * 1024

interface RunningImport {
  readonly controller: AbortController
  progress: ImportProgress | undefined
  /** Waits for the next state. */
  waiting: ((progress: ImportProgress | null) => void) | undefined
}

interface RunningExport {
  readonly chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>
  progress: ExportProgress
}

/**
 * Runs imports and exports by name, as many at once as somebody asks for. An export reads the store only as fast as
 * its bytes are taken.
 *
 * @see SPEC.md rules ARC8, EXPT18
 */
export function createTransferDesk(ports: TransferPorts): TransferDesk {
  const imports = new Map<string, RunningImport>()
  const exports = new Map<string, RunningExport>()

  const openExport = (sessions: readonly string[] | undefined): RunningExport => {
    const running = { progress: { sessions: 0, ofSessions: 0, bytes: 0 } }
    const lines = writeArchive(ports.store, {
      sessions,
      at: ports.clock.now(),
      onProgress: (progress) => {
        running.progress = progress
      },
    })
    const chunks = pack(lines)
    return Object.assign(running, { chunks })
  }

  return {
    async importFile({ transfer, file }) {
      if (!(file instanceof Blob)) {
        throw new BackfoldError('INVALID_INPUT', 'importFile() takes a File or a Blob')
      }
      const controller = new AbortController()
      const running: RunningImport = {
        controller,
        progress: undefined,
        waiting: undefined,
      }
      imports.set(transfer, running)
      try {
        return await importFile(ports, file, controller.signal, (progress) => {
          running.progress = progress
          running.waiting?.(progress)
        })
      } finally {
        running.waiting?.(null)
        imports.delete(transfer)
      }
    },
    async importProgress({ transfer }) {
      const running = imports.get(transfer)
      if (!running) return null
      if (running.progress) {
        const { progress } = running
        running.progress = undefined
        return progress
      }
      return new Promise((resolve) => {
        running.waiting = (progress) => {
          running.waiting = undefined
          running.progress = undefined
          resolve(progress)
        }
      })
    },
    async exportChunk({ transfer, chunk, sessions }) {
      const running = chunk === 0 ? openExport(sessions) : exports.get(transfer)
      if (!running) throw new BackfoldError('WORKER_LOST', 'the export was cut off')
      exports.set(transfer, running)
      try {
        const bytes = await readChunk(running.chunks)
        if (bytes === undefined) exports.delete(transfer)
        return bytes === undefined ? null : { bytes, progress: running.progress }
      } catch (failure) {
        exports.delete(transfer)
        throw failure
      }
    },
    async cancelTransfer({ transfer }) {
      imports.get(transfer)?.controller.abort()
      const running = exports.get(transfer)
      exports.delete(transfer)
      await running?.chunks.return(undefined).catch(() => {})
    },
  }
}

/**
 * The bytes packed. Each line is waited for by itself: streams that are piped let the reader run ahead where an engine
 * counts chunks for bytes.
 */
async function* pack(
  lines: AsyncGenerator<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const stream = new CompressionStream('gzip')
  const writer = stream.writable.getWriter()
  const reader = stream.readable.getReader()
  const feed = async (): Promise<void> => {
    for await (const line of lines) await writer.write(line)
    await writer.close()
  }
  let failure: unknown
  const feeding = feed().catch((reason: unknown) => {
    failure ??= reason
    return writer.abort(reason).catch(() => {})
  })
  try {
    for (;;) {
      const step = await reader.read().catch((reason: unknown) => {
        throw failure ?? reason
      })
      if (step.done) return
      yield step.value
    }
  } finally {
    await reader.cancel().catch(() => {})
    await writer.abort().catch(() => {})
    await feeding
  }
}

/** Some bytes in one; undefined behind the last ones. */
async function readChunk(
  chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const pieces: Uint8Array[] = []
  let size = 0
  while (size < CHUNK_BYTES) {
    const step = await chunks.next()
    if (step.done === true) break
    pieces.push(step.value)
    size += step.value.length
  }
  return size === 0 ? undefined : joinBytes(pieces, size)
}
