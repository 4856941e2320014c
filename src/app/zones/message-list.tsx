import type { ReactElement, ReactNode } from 'react'
import { useCallback, useEffectEvent, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useSize } from '../hooks/use-size.ts'
import type { LogItem } from '../run/message-log.ts'
import { estimateHeight, standingOf } from '../view/message-facts.ts'
import { offsetOf, windowOf } from '../view/message-window.ts'
import { MessageView } from './message-view.tsx'

/** A message to bring into view; a new object each time, so that the same one can be asked for twice. */
export interface ScrollTarget {
  readonly seq: number
}

interface MessageListProps {
  readonly items: readonly LogItem[]
  readonly mark: number
  readonly generation: number
  readonly pins: ReadonlySet<number>
  readonly stubbed: ReadonlySet<number>
  readonly target: ScrollTarget | null
  readonly onPin: (seq: number, pinned: boolean) => void
  readonly onRetry: (key: string) => void
  /** More actions of a message, behind ours. The same function at every rendering. */
  readonly actions?: ((item: LogItem) => ReactNode) | undefined
  /** Drawn below the last message: an answer on its way. */
  readonly children: ReactNode
}

/** The log, of which only what is near the viewport is drawn. Stays at the end until scrolled up. */
export function MessageList(props: MessageListProps): ReactElement {
  const { items, mark, pins, stubbed, target } = props
  const scroller = useRef<HTMLDivElement>(null)
  const size = useSize(scroller)
  const [scrollTop, setScrollTop] = useState(0)
  const [following, setFollowing] = useState(true)
  const lastTop = useRef(0)
  const goal = useRef<ScrollTarget | null>(null)
  const { heights, measure } = useHeights(items, size.width)
  const end = offsetOf(heights, heights.length) - size.height
  const shown = windowOf(heights, following ? end : scrollTop, size.height)

  // Who says something wants to see it, and its answer.
  const ownKey = items.findLast(({ origin }) => origin === 'person')?.key
  useLayoutEffect(() => {
    if (ownKey !== undefined) setFollowing(true)
  }, [ownKey])

  // Only a new target scrolls; what changes later must not scroll again.
  const approach = useEffectEvent(({ seq }: ScrollTarget) => {
    setFollowing(false)
    const index = items.findIndex((item) => item.seq === seq)
    if (index >= 0 && scroller.current !== null)
      scroller.current.scrollTop = offsetOf(heights, index) - size.height / 3
  })
  useLayoutEffect(() => {
    goal.current = target
    if (target !== null) approach(target)
  }, [target])

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    // A message that was asked for comes before the end.
    if (following && goal.current === null) {
      element.scrollTop = element.scrollHeight
      lastTop.current = element.scrollTop
      return
    }
    // Estimated heights above were off: once the message is drawn, its true place is known.
    const drawn = goal.current && element.querySelector(`[data-seq="${goal.current.seq}"]`)
    if (!drawn) return
    goal.current = null
    drawn.scrollIntoView({ block: 'center' })
    drawn.querySelector('article')?.animate?.([{ backgroundColor: 'var(--flash)' }, {}], 1_800)
  })

  const onScroll = (): void => {
    const element = scroller.current
    if (element === null) return
    const left = element.scrollHeight - element.scrollTop - element.clientHeight
    const up = element.scrollTop < lastTop.current - 1 && left > 4
    lastTop.current = element.scrollTop
    if (up) setFollowing(false)
    else if (left < 8) setFollowing(true)
    // While the end is followed, the end says what is drawn, not the scrollbar.
    if (up || !following) setScrollTop(element.scrollTop)
  }

  return (
    <div className="message-list-frame">
      <div
        ref={scroller}
        className="message-list"
        onScroll={onScroll}
        tabIndex={0}
        role="region"
        aria-label="Messages"
        data-testid="messages"
      >
        <div style={{ height: shown.above }} />
        {items.slice(shown.from, shown.to).map((item) => (
          <div key={item.key} ref={measure} data-key={item.key} data-seq={item.seq ?? undefined}>
            <MessageView
              item={item}
              standing={standingOf(item, mark, pins, stubbed)}
              onPin={props.onPin}
              onRetry={props.onRetry}
              actions={props.actions}
            />
            {item.seq === mark && mark > 0 && (
              <p className="crease">Above: folded into generation {props.generation}</p>
            )}
          </div>
        ))}
        <div style={{ height: shown.below }} />
        {props.children}
      </div>
      {!following && (
        <button type="button" className="jump" onClick={() => setFollowing(true)}>
          Newest message
        </button>
      )}
    </div>
  )
}

/** Heights of all messages: measured for those that were drawn, estimated for the rest. */
function useHeights(
  items: readonly LogItem[],
  width: number,
): {
  readonly heights: readonly number[]
  readonly measure: (element: HTMLElement | null) => void
} {
  const [measured, setMeasured] = useState<ReadonlyMap<string, number>>(new Map())
  const [estimated] = useState(() => new Map<string, number>())
  const observer = useMemo(
    () =>
      new ResizeObserver((entries) =>
        setMeasured((before) => {
          const found = entries.flatMap(({ target, contentRect: { height } }) => {
            const key = (target as HTMLElement).dataset['key']
            const news = key !== undefined && Math.abs((before.get(key) ?? 0) - height) >= 0.5
            return news && height > 0 ? [[key, height] as const] : []
          })
          return found.length === 0 ? before : new Map([...before, ...found])
        }),
      ),
    [],
  )
  const measure = useCallback(
    (element: HTMLElement | null) => {
      if (element === null) return
      observer.observe(element)
      return () => observer.unobserve(element)
    },
    [observer],
  )
  const heights = useMemo(
    () =>
      items.map(({ key, draft }) => {
        const known = measured.get(key) ?? estimated.get(key)
        if (known !== undefined) return known
        const estimate = estimateHeight(draft, width)
        estimated.set(key, estimate)
        return estimate
      }),
    [items, width, measured, estimated],
  )
  return { heights, measure }
}
