import { contentHash, extendChain } from './chain.ts'
import { addCategories, categoryOf, NO_TOKENS } from './categories.ts'
import { partText, startsTurn, type Draft, type Message, type Seq } from './message.ts'
import { reviseSession, type SessionRow } from './session-row.ts'

/** Tokens that a chat format spends on a message besides its text. */
export const MESSAGE_OVERHEAD_TOKENS = 4

/** A draft with everything that can be computed before its place in the log is known. */
export type StampedDraft = Omit<Message, 'seq' | 'chain' | 'active' | 'through'>

/** Stamps a draft with id, time, tokens and content hash: all that needs no look at the log. */
export function stampDraft(
  draft: Draft,
  stamp: { readonly id: string; readonly at: number; readonly count: (text: string) => number },
): StampedDraft {
  return {
    ...draft,
    id: draft.id ?? stamp.id,
    at: draft.at ?? stamp.at,
    tokens: messageTokens(draft, stamp.count),
    hash: contentHash(draft),
  }
}

/** Estimated tokens of a message, overhead included. */
export function messageTokens(
  draft: Pick<Draft, 'parts'>,
  count: (text: string) => number,
): number {
  return draft.parts.reduce((sum, part) => sum + count(partText(part)), MESSAGE_OVERHEAD_TOKENS)
}

/** What appending did: the session after it, and the messages in their places. */
export interface Appended {
  readonly session: SessionRow
  readonly messages: readonly Message[]
}

/**
 * Gives drafts their places at the end of the log.
 *
 * Total and pure. It never looks at a job or a generation: writers never wait. The system messages that
 * a session begins with are pinned: no fold may take the host's own instructions away.
 *
 * @see SPEC.md rules LOG1–LOG5
 */
export function appendToLog(session: SessionRow, drafts: readonly StampedDraft[]): Appended {
  let { chain, nextSeq, pins } = session
  let through = session.tokens.log
  let added = NO_TOKENS
  let { turns, updatedAt } = session
  const messages: Message[] = []
  for (const draft of drafts) {
    chain = extendChain(chain, draft.hash)
    through += draft.tokens
    updatedAt = Math.max(updatedAt ?? draft.at, draft.at)
    added = addCategories(added, categoryOf(draft), draft.tokens)
    messages.push({ ...draft, seq: nextSeq, chain, active: true, through })
    if (startsTurn(draft)) turns += 1
    if (beginsSession(draft, session.messages + messages.length - 1, pins))
      pins = [...pins, nextSeq]
    nextSeq += 1
  }
  return {
    messages,
    session: reviseSession(session, {
      chain,
      nextSeq,
      pins,
      ...(updatedAt === undefined ? {} : { updatedAt }),
      messages: session.messages + drafts.length,
      turns,
      tokens: {
        log: through,
        context: {
          pinned: session.tokens.context.pinned,
          digest: session.tokens.context.digest,
          user: session.tokens.context.user + added.user,
          assistant: session.tokens.context.assistant + added.assistant,
          tools: session.tokens.context.tools + added.tools,
        },
      },
    }),
  }
}

/** Most messages at the start of a session that are pinned by themselves. */
const MAX_LEADING = 8

/**
 * Whether a message is one of the system messages that a session begins with.
 *
 * @param before - Messages of the active path before it.
 * @see SPEC.md rule LOG9
 */
export function beginsSession(
  draft: Pick<StampedDraft, 'role'>,
  before: number,
  pins: readonly Seq[],
): boolean {
  return draft.role === 'system' && pins.length === before && before < MAX_LEADING
}
