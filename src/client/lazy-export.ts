import type { Call } from './create-backfold.ts'
import type { ExportOptions } from './session.ts'

/** An archive as a stream, before the code that reads it is there: that is loaded with the first read. */
export const createExport = (
  call: Call,
  issueId: () => string,
  options?: ExportOptions,
): ReadableStream<Uint8Array> => {
  const name = issueId()
  let chunk = 0
  return new ReadableStream(
    {
      pull: async (controller) =>
        (await import('./transfer-files.ts')).pullExport(call, name, chunk++, controller, options),
      cancel: () => call('cancelTransfer', { transfer: name }),
    },
    { highWaterMark: 0 },
  )
}
