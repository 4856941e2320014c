import { stampDraft, type StampedDraft } from '../session/append.ts'

const TEXT = 'A message is missing here: no device that has it was heard of.'

/** Of the text, and the same on all devices, whatever they count with. */
const TOKENS = 20

const HASH = standIn('').hash

/**
 * What stands in the place of a message that nobody is known to have. The same on all devices but for its id, and of no
 * time, so that all logs agree.
 */
export function standIn(id: string): StampedDraft {
  const parts = [{ type: 'text', text: TEXT }] as const
  return {
    ...stampDraft({ role: 'system', parts, at: 0 }, { id, at: 0, count: () => 0 }),
    tokens: TOKENS,
  }
}

export function isStandIn({ hash }: Pick<StampedDraft, 'hash'>): boolean {
  return hash === HASH
}
