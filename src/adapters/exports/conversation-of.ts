import { contentHash, hashText } from '../../core/session/chain.ts'
import type { Draft } from '../../core/session/message.ts'
import { inLine, type Conversation } from '../../core/transfer/conversation.ts'
import type { FileSource } from '../../core/transfer/import-report.ts'
import { createUniqueIds } from '../call-ids.ts'
import { compactWire } from '../compact-wire.ts'
import { repairHistory } from '../history/repair-history.ts'
import { titleOf } from './title-of.ts'

/** What is known of a line of messages besides them. */
export interface LineOf {
  readonly source: FileSource
  /** Empty where the file has no name for it: then it follows from the first message. */
  readonly key: string
  readonly title: string
  /** Of the file. */
  readonly name: string
  readonly repairs?: readonly string[]
}

/**
 * The conversation that a line of messages is, repaired. Every message gets an id that follows from its place and
 * what it says, so that the same file gives the same conversation.
 *
 * @see SPEC.md rules EXPT10, EXPT11
 */
export function conversationOf(drafts: readonly Draft[], known: LineOf): Conversation {
  const history = repairHistory(drafts)
  const unique = createUniqueIds()
  for (const { id } of history.drafts) if (id !== undefined) unique.issue(id)
  const nodes = inLine(
    history.drafts.map((draft, index) => {
      const id = draft.id ?? unique.issue(`import-${index + 1}-${contentHash(draft).slice(0, 12)}`)
      return compactWire({ ...draft, id })
    }),
  )
  const first = nodes.find(({ draft }) => draft.role === 'user')
  const createdAt = nodes.find(({ draft }) => draft.at !== undefined)?.draft.at
  const key = known.key || (first === undefined ? '' : hashText(first.draft.id ?? ''))
  const repairs = history.repairs.map(({ detail }) => detail)
  return {
    source: known.source,
    key,
    title: titleOf(known.title, nodes, known.name),
    ...(createdAt === undefined ? {} : { createdAt }),
    nodes,
    current: nodes.length - 1,
    repairs: [...new Set([...(known.repairs ?? []), ...repairs])],
  }
}
