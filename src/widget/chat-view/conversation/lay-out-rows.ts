import type { ChatAnswer, ChatFailure, ChatItem, ChatState } from '../../chat/chat.ts'

/** One row of the conversation. */
export type Row =
  | { readonly kind: 'item'; readonly key: string; readonly item: ChatItem }
  | { readonly kind: 'answer'; readonly key: string; readonly answer: ChatAnswer }
  | { readonly kind: 'failure'; readonly key: string; readonly failure: ChatFailure }

export interface Rows {
  readonly rows: readonly Row[]
  /** The first row is a fold that hides what is above it: nothing older is wanted yet. */
  readonly isTopHidden: boolean
}

/**
 * The rows that are drawn. What a fold covers stands above it, up to the fold before, and is hidden while the fold is
 * closed; pinned messages are not covered, so they stay.
 *
 * @param open - Generations whose originals are wanted.
 * @see SPEC.md rules FLD1, FLD2
 */
export function layOutRows(items: readonly ChatItem[], open: ReadonlySet<number>): Rows {
  const rows: Row[] = []
  let isHidden = false
  for (let at = items.length - 1; at >= 0; at -= 1) {
    const item = items[at]
    if (item === undefined || (isHidden && isCovered(item))) continue
    rows.push({ kind: 'item', key: item.key, item })
    if (item.kind === 'fold') isHidden = !open.has(item.generation)
  }
  rows.reverse()
  return { rows, isTopHidden: isHidden }
}

/** What stands behind all that was said: the answer on its way, and why there is none. */
export function lastRows({
  answer,
  failure,
}: Pick<ChatState, 'answer' | 'failure'>): readonly Row[] {
  const rows: Row[] = []
  if (answer !== null) rows.push({ kind: 'answer', key: 'answer', answer })
  if (failure !== null) rows.push({ kind: 'failure', key: 'failure', failure })
  return rows
}

function isCovered(item: ChatItem): boolean {
  switch (item.kind) {
    case 'message':
    case 'tools':
      return item.isCovered
    case 'branch':
      return true
    case 'fold':
    case 'queued':
      return false
  }
}

/**
 * The fold that has to be opened for an item to be seen; null where it is seen already.
 *
 * @see SPEC.md rule FLD5
 */
export function foldOver(items: readonly ChatItem[], key: string): number | null {
  const at = items.findIndex((item) => item.key === key)
  const item = items[at]
  if (item === undefined || !isCovered(item)) return null
  const fold = items.find((one, index) => index > at && one.kind === 'fold')
  return fold?.kind === 'fold' ? fold.generation : null
}
