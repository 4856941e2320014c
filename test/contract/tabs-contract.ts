import { describe, expect, test } from 'vitest'
import type { Notice, Notices } from '../../src/core/ports/notices.ts'
import { createBroadcastNotices } from '../../src/tabs/broadcast-notices.ts'
import { createHeavySlots } from '../../src/tabs/heavy-slots.ts'
import type { LockManagerLike } from '../../src/tabs/web-lock-leases.ts'

const APPENDED: Notice = { session: 's', kind: 'appended' }
const APPLIED: Notice = { session: 't', kind: 'applied' }

/** The next notice that is heard. */
function nextNotice(notices: Notices): Promise<Notice> {
  return new Promise((resolve) => {
    const stop = notices.listen((notice) => {
      stop()
      resolve(notice)
    })
  })
}

/** What notices between tabs have to do. */
export function describeNotices(name: string, database: () => string): void {
  describe(`${name}`, () => {
    test('[TAB3] a notice reaches all listeners of the other tabs and not the sender', async () => {
      const own = database()
      const tabs = [1, 2, 3].map(() => createBroadcastNotices(own))
      const [sender, ...others] = tabs
      const heard: Notice[] = []
      sender?.listen((notice) => heard.push(notice))
      const reached = [...others, ...others].map(nextNotice)
      sender?.post(APPENDED)
      expect(await Promise.all(reached)).toEqual(Array(4).fill(APPENDED))
      // An answer comes after all that was sent before: what it did not bring, nobody sent.
      const answered = sender && nextNotice(sender)
      others[0]?.post(APPLIED)
      expect(await answered).toEqual(APPLIED)
      expect(heard).toEqual([APPLIED])
      for (const tab of tabs) tab.close()
    })

    test('[TAB3] what is not a notice is ignored, and so is another database', async () => {
      const own = database()
      const [tab, stranger] = [createBroadcastNotices(own), createBroadcastNotices(`${own}-other`)]
      const raw = new BroadcastChannel(`backfold:${own}:v1`)
      const heard: Notice[] = []
      tab.listen((notice) => heard.push(notice))
      const last = nextNoticeOf(tab, APPLIED)
      stranger.post(APPENDED)
      for (const odd of [
        null,
        'text',
        7,
        {},
        { session: 's' },
        { kind: 'job' },
        [],
        { session: 1, kind: 'job' },
      ]) {
        raw.postMessage(odd)
      }
      raw.postMessage(APPLIED)
      await last
      expect(heard).toEqual([APPLIED])
      raw.close()
      tab.close()
      stranger.close()
    })

    test('[TAB3] a listener that stopped hears nothing more', async () => {
      const own = database()
      const [sender, tab] = [createBroadcastNotices(own), createBroadcastNotices(own)]
      const heard: Notice[] = []
      const stop = tab.listen((notice) => heard.push(notice))
      const first = nextNotice(tab)
      sender.post(APPENDED)
      await first
      stop()
      const second = nextNotice(tab)
      sender.post(APPLIED)
      await second
      expect(heard).toEqual([APPENDED])
      sender.close()
      tab.close()
    })
  })
}

function nextNoticeOf(notices: Notices, expected: Notice): Promise<void> {
  return new Promise((resolve) => {
    notices.listen((notice) => {
      if (notice.kind === expected.kind) resolve()
    })
  })
}

/** What the places for heavy work have to do, over any lock manager whose locks are free. */
export function describeHeavySlots(name: string, locks: () => LockManagerLike): void {
  describe(`${name}`, () => {
    test.each([
      [1, 1],
      [2, 1],
      [4, 3],
    ])('[TAB4] on %d cores %d heavy tasks run at once, over all tabs', async (cores, places) => {
      const shared = locks()
      const [one, other] = [createHeavySlots(shared, cores), createHeavySlots(shared, cores)]
      let running = 0
      let most = 0
      let release = (): void => {}
      const full = new Promise<void>((resolve) => (release = resolve))
      const tasks = Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? one : other)(async () => {
          running += 1
          most = Math.max(most, running)
          if (running === places) release()
          await full
          await Promise.resolve()
          running -= 1
          return index
        }),
      )
      expect(await Promise.all(tasks)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
      expect(most).toBe(places)
    })

    test('[TAB4] a task that fails gives its place back', async () => {
      const slots = createHeavySlots(locks(), 1)
      const failing = slots(() => Promise.reject(new Error('it broke')))
      const next = slots(async () => 'done')
      await expect(failing).rejects.toThrow('it broke')
      expect(await next).toBe('done')
      expect(await slots(async () => null)).toBeNull()
    })
  })
}
