import type { CompactOutcome } from '../../../protocol/requests.ts'
import type { Chat, ChatItem } from '../chat.ts'
import type { ChatSession } from './chat-options.ts'
import type { ChatStore } from './chat-store.ts'
import type { LogReader } from './log-reader.ts'

/** What a chat does with what stands behind the conversation. */
export type ChatCommands = Pick<
  Chat,
  | 'pin'
  | 'loadOlder'
  | 'reveal'
  | 'fold'
  | 'generations'
  | 'generation'
  | 'editDigest'
  | 'rollback'
  | 'messages'
  | 'recall'
  | 'context'
>

export interface CommandParts {
  readonly session: ChatSession
  readonly store: ChatStore
  readonly reader: LogReader
  /** Null for what failed, which is told. */
  readonly attempt: <T>(work: () => Promise<T>) => Promise<T | null>
}

/** Most messages read at once for a fold that is shown. */
const MOST_SHOWN = 2_000

/** @see SPEC.md rules CHAT15, CHAT16 */
export function createCommands({ session, store, reader, attempt }: CommandParts): ChatCommands {
  return {
    async pin(seq, isPinned) {
      await attempt(() => (isPinned ? session.pin(seq) : session.unpin(seq)))
    },
    async loadOlder() {
      await attempt(() => reader.loadOlder())
    },
    async reveal(seq) {
      await attempt(() => reader.reach(seq))
      return store.state.get().items.find((item) => holds(item, seq))?.key ?? null
    },
    fold: () => attempt(() => foldNow(session)),
    generations: () => attempt(() => session.generations()),
    generation: (n) => attempt(() => session.generation(n)),
    editDigest: async (n, patch) => {
      const outcome = await attempt(() => session.editDigest(n, patch))
      return outcome !== null && outcome.kind !== 'refused'
    },
    rollback: (n) => attempt(() => session.rollback(n)),
    messages: (from, to) => attempt(() => reader.range(from, Math.min(to, from + MOST_SHOWN - 1))),
    recall: (words) =>
      attempt(async () => {
        const found = await session.recall(words, { limit: 20 })
        return found.kind === 'hits' ? found.hits : []
      }),
    context: () => attempt(() => session.context({ adopt: false })),
  }
}

/** Who presses a button wants to see it done: a candidate is applied at once. */
async function foldNow(session: ChatSession): Promise<CompactOutcome> {
  const outcome = await session.compact()
  if (outcome.kind !== 'ready') return outcome
  const applied = await session.apply()
  return applied.kind === 'applied' ? { ...outcome, kind: 'applied' } : outcome
}

function holds(item: ChatItem, seq: number): boolean {
  switch (item.kind) {
    case 'message':
      return item.message.seq === seq
    case 'tools':
      return item.calls.some((call) => call.seq === seq || call.resultSeq === seq)
    case 'branch':
      return item.from <= seq && seq <= item.to
    case 'fold':
    case 'queued':
      return false
  }
}
