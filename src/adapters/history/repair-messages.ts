import type { Draft } from '../../core/session/message.ts'
import type { MessageInput } from '../../protocol/requests.ts'
import { isJsonObject } from '../copy-json.ts'
import { inOrder, type Flag, type Repair } from './history-findings.ts'
import { invalidInput, kindOf } from '../invalid-input.ts'
import { isSamePart } from './leave-out-copies.ts'
import { mendInputs } from './mend-inputs.ts'
import { toDrafts } from '../message-input.ts'
import { readWire } from '../read-wire.ts'
import { repairHistory, type RepairOptions } from './repair-history.ts'

/** Messages that a session takes and a provider understands, and what was done for that. */
export interface RepairedMessages {
  /**
   * Each in the format in which it came, those that nothing was wrong with as the same objects; what
   * was put in is in the format of what it stands beside.
   */
  readonly messages: readonly MessageInput[]
  /** What was changed, in the order of the history. Empty if nothing was. */
  readonly repairs: readonly Repair[]
  /** What was noticed and left as it is. */
  readonly flags: readonly Flag[]
}

/**
 * Repairs a history that another tool has damaged, before its first use: results without a call,
 * calls without a result, ids that come twice, copies, empty messages and more. The messages may be
 * of chat completions, of the Messages API or canonical, mixed as well.
 *
 *     const { messages, repairs } = repairMessages(history)
 *     await session.append(...messages)
 *
 * Nothing that a person, a model or a tool wrote is lost. Repairing again changes nothing.
 *
 * @throws BackfoldError `INVALID_INPUT` naming the message and the field, for what is no message at all.
 * @see SPEC.md rules HEAL1–HEAL15
 */
export function repairMessages(
  messages: readonly object[],
  options: RepairOptions = {},
): RepairedMessages {
  const given: unknown = messages
  if (!Array.isArray(given)) {
    return invalidInput(`messages must be an array, got ${kindOf(given)}`)
  }
  const mended = mendInputs(messages)
  const inputs = mended.values as readonly MessageInput[]
  const read = toDrafts(inputs)
  const { drafts, repairs, flags } = repairHistory(read, options)
  const untouched = new Map(read.map((draft, i) => [draft, inputs[i]]))
  return {
    messages: drafts.map((draft) => untouched.get(draft) ?? writeBack(draft)),
    repairs: inOrder([...mended.repairs, ...repairs]),
    flags,
  }
}

/** A draft as its host writes it, if that says all of it; else the draft itself. */
function writeBack(draft: Draft): MessageInput {
  const { id, at, parts, wire } = draft
  if (at !== undefined || wire === undefined || wire.format === 'plain') return draft
  if (!isJsonObject(wire.value)) return draft
  const read = readWire(wire.format, wire.value, 'wire')
  const whole =
    read.parts.length === parts.length && parts.every((part, i) => isSamePart(part, read.parts[i]))
  if (!whole) return draft
  return { ...(id === undefined ? {} : { id }), ...wire.value } as MessageInput
}
