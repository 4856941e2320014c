import type { Session } from '../../client/session.ts'
import type { ItemAction, MemoryItem } from '../view/memory-item.ts'
import { padItems } from '../view/pad-items.ts'
import type { MemorySource } from './memory-source.ts'

/** The action pads of a session. */
export const PAD_SOURCE: MemorySource = {
  key: 'pads',
  name: 'Pads',
  many: 'action pads',
  empty: 'Tool calls that reached a goal are kept here as pads, with the first fold.',
  read: async (session) => padItems((await session.pads()).pads),
  act,
  file: {
    name: 'action-pads.json',
    write: async (session) => (await session.pads({ kind: 'export' })).json ?? '',
    read: async (session, json) => {
      const { pads } = await session.pads({ kind: 'import', json })
      return pads.length === 1 ? 'One pad is here now.' : `${pads.length} pads are here now.`
    },
  },
}

/** Rejects with what is wrong where a name or a goal is refused. */
async function act(
  session: Session,
  item: MemoryItem,
  action: ItemAction,
  text: string,
): Promise<string> {
  const pad = Number(item.id)
  switch (action) {
    case 'rename':
      await session.pads({ kind: 'rename', pad, name: text })
      return 'The pad is renamed.'
    case 'edit':
      await session.pads({ kind: 'edit', pad, goal: text })
      return 'The goal is changed.'
    case 'delete':
      await session.pads({ kind: 'delete', pad })
      return 'The pad is deleted, and does not come back by itself.'
    default:
      throw new Error(`a pad knows no ${action}`)
  }
}
