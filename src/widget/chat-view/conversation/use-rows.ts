import type { Virtualizer } from '@tanstack/react-virtual'
import { useVirtualizer } from '@tanstack/react-virtual'
import type { RefObject } from 'react'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Row } from './lay-out-rows.ts'

export type RowList = Virtualizer<HTMLDivElement, HTMLElement>

export interface RowsView {
  /** All rows, in their order. */
  readonly rows: readonly Row[]
  readonly list: RowList
  readonly scroller: RefObject<HTMLDivElement | null>
  /** The end is in view, so what comes is followed. */
  readonly isAtEnd: boolean
  /** Something came below while the person was reading further up. */
  readonly hasNews: boolean
  readonly toEnd: () => void
}

/** Heights that rows are taken for until they are measured, in CSS pixels. */
const HEIGHTS = { message: 140, short: 56 }
/** This close to the end counts as the end, in CSS pixels. */
const NEAR_END = 60
/** Rows drawn beyond those in view, on each side. */
const OVERSCAN = 5

/**
 * The rows in view, and where the view stands: it follows the end while it is there, and stays on what is read when rows
 * come above or below.
 *
 * @param said - What stays while an answer comes.
 * @param last - What stands behind it.
 * @param focused - Key of the row that has the focus: it stays drawn wherever the view goes.
 * @see SPEC.md rules VIEW2, VIEW3, VIEW4
 */
export function useRows(
  said: readonly Row[],
  last: readonly Row[],
  focused: string | null,
): RowsView {
  const rows = useMemo(() => (last.length === 0 ? said : [...said, ...last]), [said, last])
  const scroller = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const [hasNews, setNews] = useState(false)
  const atEnd = useRef(true)
  const lastKeys = last.map(({ key }) => key).join()
  const behind = useMemo(() => lastKeys.split(','), [lastKeys])
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by a compiler
  const list: RowList = useVirtualizer<HTMLDivElement, HTMLElement>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(rows[index]),
    getItemKey: useCallback(
      (index: number) => said[index]?.key ?? behind[index - said.length] ?? index,
      [said, behind],
    ),
    overscan: OVERSCAN,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_END,
    useFlushSync: false,
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const from = Math.max(0, startIndex - overscan)
      const to = Math.min(count - 1, endIndex + overscan)
      const range = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
      const held = focused === null ? -1 : rows.findIndex(({ key }) => key === focused)
      if (held < 0 || (held >= from && held <= to)) return range
      return held < from ? [held, ...range] : [...range, held]
    },
  })
  const toEnd = useCallback(() => {
    atEnd.current = true
    list.scrollToEnd()
  }, [list])
  useEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const look = (): void => {
      const left = element.scrollHeight - element.clientHeight - element.scrollTop
      atEnd.current = left <= NEAR_END
      setAtEnd(atEnd.current)
      if (atEnd.current) setNews(false)
    }
    element.addEventListener('scroll', look, { passive: true })
    return () => element.removeEventListener('scroll', look)
  }, [])
  // A conversation is opened at its end.
  const isEmpty = rows.length === 0
  useLayoutEffect(() => {
    if (!isEmpty) list.scrollToEnd()
  }, [isEmpty, list])
  // A smaller view, as with a keyboard on the screen, still ends at the end.
  useEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const watcher = new ResizeObserver(() => {
      if (atEnd.current) list.scrollToEnd()
    })
    watcher.observe(element)
    return () => watcher.disconnect()
  }, [list])
  // Who says something wants to see what comes of it.
  const own = useMemo(() => said.findLast(isOwn)?.key, [said])
  const ownBefore = useRef(own)
  useEffect(() => {
    if (ownBefore.current !== own && ownBefore.current !== undefined) toEnd()
    ownBefore.current = own
  }, [own, toEnd])
  const end = rows.at(-1)
  const [seen, setSeen] = useState(end)
  if (seen !== end) {
    setSeen(end)
    if (!isAtEnd && end !== undefined) setNews(true)
  }
  return { rows, list, scroller, isAtEnd, hasNews, toEnd }
}

/** Said by the person. */
function isOwn(row: Row): boolean {
  if (row.kind !== 'item') return false
  const { item } = row
  return item.kind === 'queued' || (item.kind === 'message' && item.message.role === 'user')
}

function estimate(row: Row | undefined): number {
  if (row?.kind !== 'item') return HEIGHTS.message
  return row.item.kind === 'message' ? HEIGHTS.message : HEIGHTS.short
}
