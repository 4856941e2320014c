import { extendChain } from '../../../src/core/session/chain.ts'
import type { Message, Seq } from '../../../src/core/session/message.ts'
import { turnNameOf, type TurnName } from './turn-id.ts'
import { wordsOf, type TurnWords } from './turn-words.ts'

/** A message of a chat's session, without its text. */
export interface KnownTurn extends TurnWords, TurnName {
  readonly id: string
  readonly seq: Seq
  readonly role: string
  readonly active: boolean
  /** Id of the message that it was appended behind; null for a first one. */
  readonly before: string | null
}

/** Candidates that are tried for the message before another one. */
const MOST_TRIED = 64

/**
 * A session's log as the planner knows it, from its messages in order. What stood before a message that a branch has
 * left behind is told by its chain hash.
 */
export function knowLog(messages: readonly Message[]): readonly KnownTurn[] {
  const bySum = new Map<number, Message[]>()
  let lastActive: Message | undefined
  return messages.map((message) => {
    const before = message.active ? lastActive : findBefore(message, bySum)
    if (message.active) lastActive = message
    const alike = bySum.get(message.through)
    if (alike) alike.push(message)
    else bySum.set(message.through, [message])
    return {
      ...turnNameOf(message.id),
      ...wordsOf(message.role, message.parts),
      id: message.id,
      seq: message.seq,
      role: message.role,
      active: message.active,
      before: before?.id ?? null,
    }
  })
}

function findBefore(
  { chain, hash, through, tokens }: Message,
  bySum: ReadonlyMap<number, readonly Message[]>,
): Message | undefined {
  const candidates = (bySum.get(through - tokens) ?? []).slice(-MOST_TRIED)
  return candidates.findLast((candidate) => extendChain(candidate.chain, hash) === chain)
}
