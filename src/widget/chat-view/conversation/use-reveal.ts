import type { Dispatch, RefObject, SetStateAction } from 'react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Chat } from '../../chat/chat.ts'
import type { Row } from './lay-out-rows.ts'
import { foldOver } from './lay-out-rows.ts'
import type { RowList } from './use-rows.ts'

/** Frames in which a row that was scrolled to has to appear. */
const MOST_FRAMES = 30

export interface Revealing {
  readonly reveal: (seq: number) => Promise<boolean>
  /** Brings a row into view by its key, and focuses it. */
  readonly focusRow: (key: string) => void
}

/**
 * The way to bring a message into view and to focus it, wherever it is: what is not read yet is read, and the fold over
 * it is opened.
 *
 * @see SPEC.md rule FLD5
 */
export function useReveal(
  chat: Chat,
  list: RowList,
  rows: readonly Row[],
  setOpen: Dispatch<SetStateAction<ReadonlySet<number>>>,
  scroller: RefObject<HTMLDivElement | null>,
): Revealing {
  const [wanted, setWanted] = useState<string | null>(null)
  const frame = useRef(0)
  const at = wanted === null ? -1 : rows.findIndex(({ key }) => key === wanted)
  useEffect(() => {
    if (wanted === null || at < 0) return
    list.scrollToIndex(at, { align: 'auto' })
    let left = MOST_FRAMES
    const look = (): void => {
      const row = scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(wanted)}"]`)
      left -= 1
      if (row instanceof HTMLElement) {
        row.focus({ preventScroll: true })
        setWanted(null)
      } else if (left > 0) frame.current = requestAnimationFrame(look)
      else setWanted(null)
    }
    frame.current = requestAnimationFrame(look)
  }, [wanted, at, list, scroller])
  useEffect(() => () => cancelAnimationFrame(frame.current), [])
  const reveal = useCallback(
    async (seq: number) => {
      const key = await chat.reveal(seq)
      if (key === null) return false
      const fold = foldOver(chat.state.get().items, key)
      if (fold !== null) {
        setOpen((before) => (before.has(fold) ? before : new Set([...before, fold])))
      }
      setWanted(key)
      return true
    },
    [chat, setOpen],
  )
  return { reveal, focusRow: setWanted }
}
