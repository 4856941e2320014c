import type { Draft } from '../../../../src/core/session/message.ts'

/**
 * What is wrong with a history, told from its drafts alone and without a line of the repairing code:
 * the adapters mend a good deal when they write a request, so a legal request proves little.
 */
export function findDraftFaults(drafts: readonly Draft[]): readonly string[] {
  const faults: string[] = []
  const messageIds = new Set<string>()
  const callIds = new Set<string>()
  let open: string[] = []
  for (const [i, draft] of drafts.entries()) {
    const fault = (text: string): number => faults.push(`drafts[${i}]: ${text}`)
    if (draft.id !== undefined && messageIds.has(draft.id)) fault(`id ${draft.id} is doubled`)
    if (draft.id !== undefined) messageIds.add(draft.id)
    if (!draft.parts.some(saysSomething)) fault('says nothing')
    const own: string[] = []
    for (const part of draft.parts) {
      if (part.type === 'tool-result') {
        const list = open.includes(part.callId) ? open : own
        const at = list.indexOf(part.callId)
        if (at < 0) fault(`result of ${part.callId} without a call`)
        else list.splice(at, 1)
        continue
      }
      if (draft.role !== 'tool' && open.length > 0) {
        fault(`calls ${open.join()} are not answered before it`)
        open = []
      }
      if (part.type !== 'tool-call') continue
      if (callIds.has(part.callId)) fault(`call id ${part.callId} is doubled`)
      if (part.callId === '') fault('a call without an id')
      callIds.add(part.callId)
      own.push(part.callId)
    }
    open = [...open, ...own]
  }
  if (open.length > 0) faults.push(`calls ${open.join()} are never answered`)
  return faults
}

function saysSomething(part: Draft['parts'][number]): boolean {
  return (part.type !== 'text' && part.type !== 'reasoning') || part.text.trim() !== ''
}
