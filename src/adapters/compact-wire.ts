import type { Draft, Message } from '../core/session/message.ts'
import { isJsonObject, type JsonObject } from './copy-json.ts'
import { renderOpenAi } from './openai/openai-render.ts'

/**
 * Leaves a draft's wire value out where its parts give it back to the letter: most messages would be
 * stored twice otherwise.
 *
 * @see SPEC.md rule ADP19
 */
export function compactWire(draft: Draft): Draft {
  const { wire } = draft
  if (wire?.format !== 'openai' || wire.value === undefined) return draft
  const rebuilt = JSON.stringify(renderOpenAi(draft))
  return rebuilt === JSON.stringify([wire.value]) ? { ...draft, wire: { format: 'openai' } } : draft
}

/** A message's wire value, rebuilt from its parts where it was left out. */
export function wireValue(
  message: Pick<Message, 'role' | 'parts' | 'wire'>,
): JsonObject | undefined {
  const { wire } = message
  if (!wire) return undefined
  const value = isLeftOut(message) ? renderOpenAi(message)[0] : wire.value
  return isJsonObject(value) ? value : undefined
}

/** Whether the wire value is to be rebuilt; then stubs among the parts are in it already. */
export function isLeftOut({ wire }: Pick<Message, 'wire'>): boolean {
  return wire?.format === 'openai' && wire.value === undefined
}
