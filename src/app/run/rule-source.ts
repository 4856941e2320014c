import type { Session } from '../../client/session.ts'
import type { RuleCommand } from '../../core/memory/vault/change-rules.ts'
import type { ItemAction, MemoryItem } from '../view/memory-item.ts'
import { proposalItems, proposalOf, ruleItems } from '../view/rule-items.ts'
import type { MemorySource } from './memory-source.ts'
import { tellOutcome } from './tell-outcome.ts'

/** The rules of a session, and those that a model proposes. */
export const RULE_SOURCE: MemorySource = {
  key: 'rules',
  name: 'Rules',
  many: 'rules',
  empty: 'Standing rules and corrections of the user and the system come here, and yours.',
  read: async (session) => {
    const { rules, proposals } = await session.rules()
    return [...proposalItems(proposals), ...ruleItems(rules)]
  },
  act: (session, item, action, text) => change(session, commandOf(item, action, text)),
  add: {
    name: 'Add a rule',
    run: (session, text) => change(session, { do: 'add', text }),
  },
}

/** Where it can't be in the context at once, it is with the next fold, and the answer says why. */
async function change(session: Session, command: RuleCommand): Promise<string> {
  return tellOutcome((await session.rules({ ...command, now: true })).outcome)
}

function commandOf(item: MemoryItem, action: ItemAction, text: string): RuleCommand {
  const proposal = proposalOf(item)
  const rule = item.id
  switch (action) {
    case 'accept':
    case 'refuse':
      return { do: action, proposal: proposal ?? 0 }
    case 'edit':
      return { do: 'edit', rule, text }
    case 'revert':
      return { do: 'edit', rule, text: null }
    case 'remove':
    case 'restore':
    case 'pin':
    case 'unpin':
      return { do: action, rule }
    default:
      throw new Error(`a rule knows no ${action}`)
  }
}
