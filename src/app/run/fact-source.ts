import type { Session } from '../../client/session.ts'
import type { FactCommand } from '../../core/memory/facts/change-facts.ts'
import { digestItems } from '../view/digest-items.ts'
import { factItems } from '../view/fact-items.ts'
import type { ItemAction, MemoryItem } from '../view/memory-item.ts'
import type { MemorySource } from './memory-source.ts'
import { readDigest } from './read-digest.ts'
import { tellOutcome } from './tell-outcome.ts'

/** Most facts read at a time: as many as there are to be had. */
const MOST_FACTS = 1_000

/** The typed facts of a session, and the quotes of its digest. */
export const FACT_SOURCE: MemorySource = {
  key: 'facts',
  name: 'Facts',
  many: 'facts',
  empty: 'Decisions, the newest state of work, and what is named in the session come here.',
  read: async (session) => {
    const [{ facts }, digest] = await Promise.all([
      session.facts({ limit: MOST_FACTS }),
      readDigest(session),
    ])
    const stated = new Set(facts.map(({ id }) => id))
    const others = digest.filter(({ id }) => !stated.has(id))
    return [
      ...factItems(facts, new Set(digest.map(({ id }) => id))),
      ...digestItems(others, ['quotes']),
    ]
  },
  act: async (session: Session, item: MemoryItem, action: ItemAction, text: string) => {
    const change = { ...commandOf(item.id, action, text), now: true }
    return tellOutcome((await session.facts({ change, limit: 1 })).outcome)
  },
}

function commandOf(fact: string, action: ItemAction, text: string): FactCommand {
  switch (action) {
    case 'edit':
      return { do: 'correct', fact, text }
    case 'revert':
    case 'restore':
      return { do: 'restore', fact }
    case 'remove':
      return { do: 'remove', fact }
    default:
      throw new Error(`a fact knows no ${action}`)
  }
}
