import type { Message, WireFormat } from '../core/session/message.ts'
import { isLeftOut, wireValue } from './compact-wire.ts'
import { copyJson, type JsonObject } from './copy-json.ts'
import { readWire } from './read-wire.ts'
import { patchWire } from './wire-reading.ts'

/**
 * A message as the host wrote it in a format, with stubs in it where payloads were moved out; undefined if it
 * came in another format, or if it can't hold what became of its parts, so that it has to be built from them.
 *
 * @param stubbed - Whether parts of the message were replaced by stubs.
 * @see SPEC.md rules ADP7, ADP9
 */
export function exactWire(
  message: Message,
  stubbed: boolean,
  format: WireFormat,
): JsonObject | undefined {
  const found = message.wire?.format === format ? wireValue(message) : undefined
  if (!found || isLeftOut(message)) return found
  const value = copyJson(found, 'wire') as JsonObject
  return stubbed ? patchWire(value, readWire(format, value, 'wire'), message.parts) : value
}
