import { stubPayload, type StubbedPayload } from '../compaction/stub-payload.ts'
import type { Message } from '../session/message.ts'
import { openActions, type MemoryAction } from './memory-action.ts'

/** Least tokens of a payload that is worth a stub. */
export const LEAST_ARCHIVED_TOKENS = 50

/**
 * The payloads of a message that can be moved out: its tool results and the arguments of its calls.
 *
 * @param part - Only this one; all by default.
 */
export function archivable(
  message: Message,
  part: number | undefined,
  count: (text: string) => number,
): readonly StubbedPayload[] {
  const indexes = part === undefined ? [...message.parts.keys()] : [part]
  return indexes.flatMap(
    (index) =>
      stubPayload(message, index, { largePayloadTokens: LEAST_ARCHIVED_TOKENS, count }) ?? [],
  )
}

/** Tells whether a model has archived a payload: then every fold moves it out, wherever it stands. */
export function archivedPayloads(
  actions: readonly MemoryAction[],
): (seq: number, part: number) => boolean {
  const keys = new Set(
    openActions(actions, 'archive').flatMap(({ payloads }) =>
      payloads.map(({ seq, part }) => `${seq}:${part}`),
    ),
  )
  return (seq, part) => keys.has(`${seq}:${part}`)
}
