import type { RefObject } from 'react'
import { useEffect, useRef } from 'react'
import type { Chat, ChatItem } from '../../chat/chat.ts'

/** Older messages are read when less than this is left above the view, in CSS pixels. */
const NEAR_TOP = 400

/**
 * Reads older messages as the top comes near, one reading at a time.
 *
 * @param isWanted - There are older ones, and they would be seen.
 * @param items - What there is: after each reading it is looked again.
 * @see SPEC.md rule VIEW3
 */
export function useOlder(
  chat: Chat,
  scroller: RefObject<HTMLDivElement | null>,
  isWanted: boolean,
  items: readonly ChatItem[],
): void {
  const isBusy = useRef(false)
  useEffect(() => {
    const element = scroller.current
    if (element === null || !isWanted) return undefined
    const look = (): void => {
      if (isBusy.current || element.scrollTop > NEAR_TOP || element.clientHeight === 0) return
      isBusy.current = true
      const settle = (): void => void (isBusy.current = false)
      chat.loadOlder().then(settle, settle)
    }
    // Not before the view has gone to where it begins.
    const frame = requestAnimationFrame(look)
    element.addEventListener('scroll', look, { passive: true })
    // A view may be drawn before it is shown.
    const watcher = new ResizeObserver(look)
    watcher.observe(element)
    return () => {
      cancelAnimationFrame(frame)
      watcher.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [chat, scroller, isWanted, items])
}
