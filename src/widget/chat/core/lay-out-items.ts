import type { Message, Part, Seq } from '../../../core/session/message.ts'
import type { GenerationSummary } from '../../../protocol/requests.ts'
import type { ChatItem, ToolLine } from '../chat.ts'
import { foldsByMark } from './fold-marks.ts'
import { readQueue, readRating, type HostTexts } from './host-texts.ts'
import { toolLine } from './tool-line.ts'

/** All that the items of a conversation are made of. */
export interface LayoutSources {
  /** What was read of the log: ascending, without gaps, messages that a branch left behind among them. */
  readonly messages: readonly Message[]
  readonly generations: readonly GenerationSummary[]
  /** Number of the head generation, and its mark. */
  readonly head: number
  readonly mark: Seq
  readonly pins: readonly Seq[]
  readonly host: HostTexts
}

/** What is being laid out. Lines of tools are filled in until their results have come. */
interface Layout {
  readonly items: ChatItem[]
  readonly sources: LayoutSources
  readonly pinned: ReadonlySet<Seq>
  /** Calls that stand together and may get more, and their place among the items. */
  tools: ToolLine[] | null
  /** Lines without a result by their call, the newest of those that share an id. */
  readonly pending: Map<string, { readonly group: ToolLine[]; readonly at: number }>
  /** Messages in a row that a branch left behind. */
  left: { readonly from: Seq; to: Seq; messages: number } | null
}

/**
 * The conversation in the order in which it is drawn: what is said, calls joined with their results, folds where they
 * end, places that a branch left, and last what waits to be sent. Linear in the messages, total whatever they hold.
 *
 * @see SPEC.md rules CHAT1–CHAT6
 */
export function layOutItems(sources: LayoutSources): readonly ChatItem[] {
  const folds = foldsByMark(sources.generations, sources.head)
  const layout: Layout = {
    items: [],
    sources,
    pinned: new Set(sources.pins),
    tools: null,
    pending: new Map(),
    left: null,
  }
  for (const message of sources.messages) {
    if (message.active) {
      closeLeft(layout)
      addActive(layout, message)
    } else {
      layout.tools = null
      layout.left ??= { from: message.seq, to: message.seq, messages: 0 }
      layout.left.to = message.seq
      layout.left.messages += 1
    }
    const fold = folds.get(message.seq)
    if (fold === undefined) continue
    layout.tools = null
    layout.items.push(fold)
  }
  closeLeft(layout)
  return [...markNewest(layout.items), ...queuedItems(sources.host)]
}

function addActive(layout: Layout, message: Message): void {
  const { sources, pinned, items } = layout
  const { seq } = message
  for (const part of message.parts) {
    if (part.type === 'tool-result') settle(layout, part.callId, seq, part.isError === true)
  }
  const isSpeech = message.role !== 'tool' && message.parts.some(isSaid)
  const isPinned = pinned.has(seq)
  const isCovered = seq <= sources.mark && !isPinned
  if (isSpeech) {
    layout.tools = null
    if (message.role === 'user') abandon(layout)
    const rating = readRating(sources.host, seq)
    const common = { isPinned, isCovered, rating, isNewest: false }
    items.push({ kind: 'message', key: `m${seq}`, message, ...common })
  }
  for (const part of message.parts) {
    if (part.type !== 'tool-call') continue
    if (layout.tools === null) {
      layout.tools = []
      items.push({ kind: 'tools', key: `t${seq}`, calls: layout.tools, isCovered })
    }
    layout.pending.set(part.callId, { group: layout.tools, at: layout.tools.length })
    layout.tools.push(toolLine(part, seq))
  }
}

/** Whether there is something to be seen. */
function isSaid(part: Part): boolean {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text.trim() !== ''
    case 'image':
    case 'file':
    case 'approval-request':
    case 'approval-response':
      return true
    case 'tool-call':
    case 'tool-result':
      return false
  }
}

function settle(layout: Layout, callId: string, resultSeq: Seq, isError: boolean): void {
  const found = layout.pending.get(callId)
  const line = found?.group[found.at]
  if (found === undefined || line === undefined) return
  layout.pending.delete(callId)
  found.group[found.at] = { ...line, status: isError ? 'failed' : 'done', resultSeq }
}

/** Nobody answers these calls any more: the person said something else. */
function abandon(layout: Layout): void {
  for (const { group, at } of layout.pending.values()) {
    const line = group[at]
    if (line !== undefined) group[at] = { ...line, status: 'failed' }
  }
  layout.pending.clear()
}

function closeLeft(layout: Layout): void {
  const { left, items } = layout
  if (left === null) return
  items.push({ kind: 'branch', key: `b${left.from}`, ...left })
  layout.left = null
}

/** The newest answer is the last thing said, if it is the model's. */
function markNewest(items: readonly ChatItem[]): readonly ChatItem[] {
  const at = items.findLastIndex(({ kind }) => kind === 'message')
  const item = items[at]
  if (item?.kind !== 'message' || item.message.role !== 'assistant') return items
  return items.with(at, { ...item, isNewest: true })
}

function queuedItems(host: HostTexts): readonly ChatItem[] {
  return readQueue(host).map(({ id, text, attachments }) => ({
    kind: 'queued',
    key: `q${id}`,
    text,
    attachments,
  }))
}
