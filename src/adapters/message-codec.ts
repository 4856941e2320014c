import type { Codec } from '../engine/codec.ts'
import { compactWire } from './compact-wire.ts'
import { toDraft } from './message-input.ts'
import { readToolCalls, writeToolResults, writeTools } from './tool-formats.ts'
import { writeContext } from './write-context.ts'

/** The known host formats, as the engine takes them. */
export const messageCodec: Codec = {
  writeTools,
  readToolCalls,
  writeToolResults,
  toDraft: (input, at) => compactWire(toDraft(input, at)),
  render: writeContext,
  // Who uses no `fetch()` need not load what reads requests.
  readRequest: async (request) => (await import('./requests/read-request.ts')).readRequest(request),
  readReply: async (answer, format, newest) =>
    (await import('./requests/read-request.ts')).readReply(answer, format, newest),
}
