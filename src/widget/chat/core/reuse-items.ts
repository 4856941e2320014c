import type { ChatItem, ToolLine } from '../chat.ts'

/**
 * The same items with those that did not change as the same objects, so that what draws them need not look. Returns
 * the former list where nothing changed at all.
 *
 * @see SPEC.md rule CHAT7
 */
export function reuseItems(
  former: readonly ChatItem[],
  next: readonly ChatItem[],
): readonly ChatItem[] {
  const byKey = new Map(former.map((item) => [item.key, item]))
  const reused = next.map((item) => {
    const before = byKey.get(item.key)
    return before !== undefined && isSame(before, item) ? before : item
  })
  const isUnchanged =
    reused.length === former.length && reused.every((item, at) => item === former[at])
  return isUnchanged ? former : reused
}

function isSame(a: ChatItem, b: ChatItem): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind === 'tools' && b.kind === 'tools') {
    return a.isCovered === b.isCovered && areSame(a.calls, b.calls)
  }
  if (a.kind === 'queued' && b.kind === 'queued') {
    return a.text === b.text && a.attachments.length === b.attachments.length
  }
  if (a.kind === 'message' && b.kind === 'message') {
    return isShallowSame({ ...a, message: null }, { ...b, message: null }) && isSameMessage(a, b)
  }
  return isShallowSame(a, b)
}

type MessageItem = Extract<ChatItem, { readonly kind: 'message' }>

/** Messages are immutable but for their place on the active path. */
function isSameMessage({ message: a }: MessageItem, { message: b }: MessageItem): boolean {
  return a === b || (a.id === b.id && a.hash === b.hash && a.active === b.active)
}

function areSame(a: readonly ToolLine[], b: readonly ToolLine[]): boolean {
  return a.length === b.length && a.every((line, at) => isShallowSame(line, b[at]))
}

function isShallowSame(a: object, b: object | undefined): boolean {
  if (b === undefined) return false
  const others: Readonly<Record<string, unknown>> = { ...b }
  const entries = Object.entries(a)
  return (
    entries.length === Object.keys(others).length &&
    entries.every(([name, value]) => others[name] === value)
  )
}
