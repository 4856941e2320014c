import type { ChatLabels } from '../labels/chat-labels.ts'
import type { Row } from './lay-out-rows.ts'

/** What a row is called for screen readers. */
export function rowName(row: Row, labels: ChatLabels): string {
  if (row.kind === 'answer') return labels.roles.assistant
  if (row.kind === 'failure') return labels.failed
  const { item } = row
  switch (item.kind) {
    case 'message': {
      const { role, at } = item.message
      const name = labels.messageBy(labels.roles[role], labels.time(at))
      return item.isCovered ? `${name}, ${labels.covered}` : name
    }
    case 'tools':
      return item.calls.map((call) => `${call.name}, ${labels.toolStatus[call.status]}`).join('; ')
    case 'fold':
      return labels.folded(item.messages)
    case 'branch':
      return labels.branchOf(item.messages)
    case 'queued':
      return labels.queued
  }
}
