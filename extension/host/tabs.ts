import type { TabState } from '../wire/panel-wire.ts'
import type { ChatsWorld } from './chats.ts'
import type { Frame } from './frame.ts'

/** The tabs that have a bridge in any of their frames. */
export interface Tabs {
  add(frame: Frame): void
  remove(frame: Frame): void
  frames(): readonly Frame[]
  topFrame(tab: number): Frame | undefined
  /** Something about a tab has changed: it is looked at anew, and told if it is another. */
  touch(tab: number): void
  touchAll(): void
  states(): readonly TabState[]
}

/** Least time between two looks at one tab, in milliseconds. */
const LOOK_MS = 250
/** Time that a tab without any frame stays, in milliseconds: a page that is loaded anew comes back. */
const GONE_MS = 2_000

interface Tab {
  readonly frames: Set<Frame>
  lookedAt: number
  /** Stops the look that is due. */
  due: (() => void) | undefined
  /** What was told last. */
  told: string
}

/**
 * @param stateOf - A tab as its frames make it.
 * @see SPEC.md rules CHATS1, GAUGE6
 */
export function createTabs(
  { now, after, onTab, onTabGone }: Pick<ChatsWorld, 'now' | 'after' | 'onTab' | 'onTabGone'>,
  stateOf: (tab: number, frames: readonly Frame[]) => TabState,
): Tabs {
  const tabs = new Map<number, Tab>()

  const look = (id: number, tab: Tab): void => {
    tab.due = undefined
    tab.lookedAt = now()
    if (tab.frames.size === 0) return
    const state = stateOf(id, [...tab.frames])
    const gauge = JSON.stringify(state.gauge)
    for (const frame of tab.frames) {
      // Before it said where it is, a page does not listen yet.
      if (frame.told === gauge || frame.place === null) continue
      frame.told = gauge
      frame.peer.rpc.tell('gauge', state.gauge)
    }
    const told = JSON.stringify(state)
    if (told === tab.told) return
    tab.told = told
    onTab(state)
  }
  const touch = (id: number): void => {
    const tab = tabs.get(id)
    if (!tab || tab.due) return
    const wait = Math.max(0, tab.lookedAt + LOOK_MS - now())
    tab.due = after(wait, () => look(id, tab))
  }
  return {
    add(frame) {
      const { tab } = frame.peer
      const own = tabs.get(tab) ?? {
        frames: new Set(),
        lookedAt: -LOOK_MS,
        due: undefined,
        told: '',
      }
      tabs.set(tab, own)
      own.frames.add(frame)
      touch(tab)
    },
    remove(frame) {
      const id = frame.peer.tab
      const tab = tabs.get(id)
      if (!tab?.frames.delete(frame)) return
      touch(id)
      after(GONE_MS, () => {
        if (tab.frames.size > 0 || tabs.get(id) !== tab) return
        tab.due?.()
        tabs.delete(id)
        onTabGone(id)
      })
    },
    frames: () => [...tabs.values()].flatMap(({ frames }) => [...frames]),
    topFrame: (id) => [...(tabs.get(id)?.frames ?? [])].findLast((frame) => frame.place?.isTop),
    touch,
    touchAll() {
      for (const id of tabs.keys()) touch(id)
    },
    states: () =>
      [...tabs].flatMap(([id, { frames }]) =>
        frames.size === 0 ? [] : [stateOf(id, [...frames])],
      ),
  }
}
