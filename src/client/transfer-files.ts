import type { ImportReport } from '../core/transfer/import-report.ts'
import type { Call } from './create-backfold.ts'
import type { ExportOptions, ImportFileOptions } from './session.ts'

/** Shortest time between two looks at an import, in milliseconds: nobody sees more. */
const PACE_MS = 80

/**
 * Imports a file. The page only hands it over, asks now and then how far it is, and gets the report.
 *
 * @see SPEC.md rule EXPT18
 */
export async function importFile(
  call: Call,
  transfer: string,
  file: Blob,
  { onProgress, signal }: ImportFileOptions = {},
): Promise<ImportReport> {
  signal?.throwIfAborted()
  const cancel = (): void => void call('cancelTransfer', { transfer }).catch(() => {})
  signal?.addEventListener('abort', cancel, { once: true })
  const importing = call('importFile', { transfer, file })
  let isEnded = false
  const watch = async (): Promise<void> => {
    // Once nothing comes any more it has ended, or has not begun yet.
    while (!isEnded) {
      const progress = await call('importProgress', { transfer })
      if (progress && !isEnded) tell(onProgress, progress)
      await new Promise((resolve) => setTimeout(resolve, PACE_MS))
    }
  }
  if (onProgress) void watch().catch(() => {})
  try {
    return await importing
  } catch (failure) {
    signal?.throwIfAborted()
    throw failure
  } finally {
    isEnded = true
    signal?.removeEventListener('abort', cancel)
  }
}

/** Hands the next bytes of an export to whoever reads it. */
export async function pullExport(
  call: Call,
  transfer: string,
  chunk: number,
  controller: ReadableStreamDefaultController<Uint8Array>,
  { sessions, onProgress, signal }: ExportOptions = {},
): Promise<void> {
  if (signal?.aborted) {
    await call('cancelTransfer', { transfer })
    controller.error(signal.reason)
    return
  }
  const found = await call('exportChunk', { transfer, chunk, ...(sessions && { sessions }) })
  if (!found) {
    controller.close()
    return
  }
  controller.enqueue(found.bytes)
  tell(onProgress, found.progress)
}

/** A listener that throws must not end what it listens to. */
function tell<T>(listener: ((value: T) => void) | undefined, value: T): void {
  try {
    listener?.(value)
  } catch (failure) {
    queueMicrotask(() => {
      throw failure
    })
  }
}
