import { expect } from 'vitest'
import { toAnthropic } from '../../../../src/adapters/anthropic/anthropic.ts'
import type { FlagKind, RepairKind } from '../../../../src/adapters/history/history-findings.ts'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { toOpenAi } from '../../../../src/adapters/openai/openai.ts'
import { repairMessages } from '../../../../src/adapters/history/repair-messages.ts'
import type { MessageInput } from '../../../../src/protocol/requests.ts'
import { findAnthropicFaults, findOpenAiFaults } from '../../../support/legality.ts'
import { contextOf } from '../context-of.ts'
import { findDraftFaults } from './draft-faults.ts'

/** What repairing is to come to; findings as kind and index. What is left out here must be empty. */
interface Expected {
  readonly messages?: readonly MessageInput[]
  readonly repairs?: readonly (readonly [RepairKind, number])[]
  readonly flags?: readonly (readonly [FlagKind, number])[]
}

/**
 * Repairs a history and compares. Whatever the damage was, the result must be legal for both
 * providers, and repairing it again must change nothing.
 *
 * @param expected - `messages` are those handed in, unless others are given.
 */
export function expectRepaired(history: readonly MessageInput[], expected: Expected): void {
  const { messages, repairs, flags } = repairMessages(history)
  expect(messages).toEqual(expected.messages ?? history)
  expect(repairs.map(({ kind, at }) => [kind, at])).toEqual(expected.repairs ?? [])
  expect(flags.map(({ kind, at }) => [kind, at])).toEqual(expected.flags ?? [])
  for (const { detail } of [...repairs, ...flags]) expect(detail).toMatch(/^[A-Z\d].*\.$/)

  const drafts = toDrafts(messages)
  expect(findDraftFaults(drafts)).toEqual([])
  const context = contextOf(drafts)
  expect(findOpenAiFaults(toOpenAi(context))).toEqual([])
  const request = toAnthropic(context)
  const plain = request.messages.map((message) => {
    const { role, content } = message as Readonly<Record<string, unknown>>
    return { role, content }
  })
  const { system } = request
  expect(
    findAnthropicFaults({ ...(system === undefined ? {} : { system }), messages: plain }),
  ).toEqual([])
  const again = repairMessages(messages)
  expect(again.repairs).toEqual([])
  expect(again.messages).toEqual(messages)
}
