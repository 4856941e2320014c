import type { Message, WireFormat } from '../core/session/message.ts'
import { isLeftOut, wireValue } from './compact-wire.ts'
import { copyJson, type JsonObject } from './copy-json.ts'
import { patchWire, type WireReading } from './wire-reading.ts'

/**
 * A message as the host wrote it in a format, with stubs in it where payloads were moved out; undefined if it
 * came in another format, or if it can't hold what became of its parts, so that it has to be built from them.
 *
 * @param stubbed - Whether parts of the message were replaced by stubs.
 * @param read - Reads messages of the format. Handed in, so that who writes one format need not load the readers of all.
 * @see SPEC.md rules ADP7, ADP9
 */
export function exactWire(
  message: Message,
  stubbed: boolean,
  format: WireFormat,
  read: (value: JsonObject, at: string) => WireReading,
): JsonObject | undefined {
  const found = message.wire?.format === format ? wireValue(message) : undefined
  if (!found || isLeftOut(message)) return found
  const value = copyJson(found, 'wire') as JsonObject
  return stubbed ? patchWire(value, read(value, 'wire'), message.parts) : value
}
