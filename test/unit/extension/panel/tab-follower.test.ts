import { expect, test } from 'vitest'
import {
  followTab,
  type BrowserTab,
  type TabsOfBrowser,
} from '../../../../extension/panel/tab-follower.ts'

function fakeTabs(): TabsOfBrowser & {
  readonly all: Map<number, BrowserTab>
  now: number
  changed(): void
  /** Answers wait until it is called. */
  hold(): () => void
} {
  const listeners: (() => void)[] = []
  let gate: Promise<void> = Promise.resolve()
  const all = new Map<number, BrowserTab>()
  const find = async (id: number): Promise<BrowserTab> => {
    const found = all.get(id)
    await gate
    if (found === undefined) throw new Error('no such tab')
    return found
  }
  return {
    all,
    now: 1,
    get: find,
    active() {
      return find(this.now)
    },
    onChange: (listener) => void listeners.push(listener),
    changed: () => listeners.forEach((listener) => listener()),
    hold() {
      let release = (): void => {}
      gate = new Promise((resolve) => {
        release = resolve
      })
      return release
    },
  }
}

test('[PANEL13] it follows the active tab, as far as the browser tells of it', async () => {
  const tabs = fakeTabs()
  tabs.all.set(1, { id: 1, url: 'https://chatgpt.com/c/1', title: 'Chat' })
  tabs.all.set(2, { id: 2 })
  tabs.all.set(3, { id: 3, url: 'chrome://settings' })
  const { shown, pin } = followTab(tabs, '')
  const page = { tab: 1, title: 'Chat', place: { kind: 'page', origin: 'https://chatgpt.com' } }
  await expect.poll(() => shown.get()).toEqual(page)
  tabs.now = 2
  tabs.changed()
  await expect.poll(() => shown.get()?.place).toEqual({ kind: 'hidden' })
  tabs.now = 3
  tabs.changed()
  await expect.poll(() => shown.get()?.place).toEqual({ kind: 'other' })
  tabs.now = 4
  tabs.changed()
  await expect.poll(() => shown.get()).toBeNull()
  expect(pin(1)).toBe(false)
})

test('[PANEL13] it stays with the tab that its address names, until it is led to another', async () => {
  const tabs = fakeTabs()
  tabs.all.set(1, { id: 1, url: 'https://a.example/' })
  tabs.all.set(7, { id: 7, url: 'https://b.example/' })
  const { shown, pin } = followTab(tabs, '?tab=7')
  await expect.poll(() => shown.get()?.tab).toBe(7)
  expect(pin(1)).toBe(true)
  await expect.poll(() => shown.get()?.tab).toBe(1)
  for (const search of ['?tab=', '?tab=x', '?tab=-1', '?tab=1.5']) {
    const other = followTab(tabs, search)
    await expect.poll(() => other.shown.get()?.tab).toBe(1)
  }
})

test('[PANEL13] a late answer about a former tab changes nothing', async () => {
  const tabs = fakeTabs()
  tabs.all.set(1, { id: 1, url: 'https://a.example/' })
  tabs.all.set(2, { id: 2, url: 'https://b.example/' })
  const release = tabs.hold()
  const { shown } = followTab(tabs, '')
  tabs.hold()()
  tabs.now = 2
  tabs.changed()
  await expect.poll(() => shown.get()?.tab).toBe(2)
  release()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(shown.get()?.tab).toBe(2)
})
