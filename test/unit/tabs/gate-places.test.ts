import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { GatePlaces, Place } from '../../../src/core/ports/gate-places.ts'
import { createGate } from '../../../src/models/gate.ts'
import type { GateNotice, GateNotices } from '../../../src/tabs/gate-notices.ts'
import { createGatePlaces } from '../../../src/tabs/gate-places.ts'
import type { LockManagerLike } from '../../../src/tabs/web-lock-leases.ts'
import { createManualClock, type ManualClock } from '../../support/build-clock.ts'
import { createLockManager } from '../../support/build-lock-manager.ts'

const P = 'server'
const OPEN = new AbortController().signal

/** Tabs of one origin. Notices arrive at once, but not in a tab that is frozen. */
class Tabs {
  readonly clock: ManualClock = createManualClock()
  readonly locks: LockManagerLike = createLockManager()
  readonly frozen = new Set<string>()
  readonly sent: string[] = []
  private readonly ears = new Map<string, (notice: GateNotice) => void>()

  open(name: string, locks: LockManagerLike = this.locks): GatePlaces {
    let issued = 0
    const notices: GateNotices = {
      post: (notice) => {
        this.sent.push(`${name}: ${notice.kind}`)
        for (const [other, hear] of this.ears) {
          if (other !== name && !this.frozen.has(other)) hear(notice)
        }
      },
      listen: (listener) => {
        this.ears.set(name, listener)
        return () => this.ears.delete(name)
      },
      close: () => {},
    }
    const random = {
      id: () => {
        issued += 1
        return `${name}-${issued}`
      },
    }
    return createGatePlaces({ locks, clock: this.clock, notices, random })
  }

  async pass(ms: number): Promise<void> {
    await setImmediate()
    this.clock.pass(ms)
    await setImmediate()
  }
}

/** What became of asking for a place. */
function watch(asked: Promise<Place>): { place: Place | undefined; failed: boolean } {
  const watched: { place: Place | undefined; failed: boolean } = { place: undefined, failed: false }
  asked.then(
    (place) => {
      watched.place = place
    },
    () => {
      watched.failed = true
    },
  )
  return watched
}

test('[GATE14] a turn comes before a job that waited longer', async () => {
  const tabs = new Tabs()
  const [a, b, c] = [tabs.open('a'), tabs.open('b'), tabs.open('c')]
  const held = await a.take(P, 1, 'turn', OPEN)
  const job = watch(b.take(P, 1, 'job', OPEN))
  await setImmediate()
  const turn = watch(c.take(P, 1, 'turn', OPEN))
  await setImmediate()
  held.release()
  await setImmediate()
  expect([job.place, turn.place === undefined]).toEqual([undefined, false])
  turn.place?.release()
  await tabs.pass(1_000)
  expect(job.place).toBeDefined()
})

test('[GATE14] jobs of all tabs get their places in the order of asking', async () => {
  const tabs = new Tabs()
  const [a, b, c] = [tabs.open('a'), tabs.open('b'), tabs.open('c')]
  const held = await a.take(P, 1, 'job', OPEN)
  const first = watch(b.take(P, 1, 'job', OPEN))
  const second = watch(c.take(P, 1, 'job', OPEN))
  const third = watch(a.take(P, 1, 'job', OPEN))
  await setImmediate()
  held.release()
  await setImmediate()
  expect([first, second, third].map(({ place }) => place !== undefined)).toEqual([
    true,
    false,
    false,
  ])
  first.place?.release()
  await setImmediate()
  expect([second.place !== undefined, third.place !== undefined]).toEqual([true, false])
})

test('[GATE14] a turn does not wait for a frozen tab, and takes its place over once that is free', async () => {
  const tabs = new Tabs()
  const [a, b, c] = [tabs.open('a'), tabs.open('b'), tabs.open('c')]
  const held = await a.take(P, 1, 'job', OPEN)
  tabs.frozen.add('a')
  const turn = watch(b.take(P, 1, 'turn', OPEN))
  await tabs.pass(999)
  expect(turn.place).toBeUndefined()
  await tabs.pass(1)
  expect(turn.place).toBeDefined()
  tabs.frozen.clear()
  held.release()
  await setImmediate()
  const job = watch(c.take(P, 1, 'job', OPEN))
  await tabs.pass(5_000)
  expect(job.place).toBeUndefined()
  turn.place?.release()
  await tabs.pass(5_000)
  expect(job.place).toBeDefined()
})

test('[GATE14] a turn waits for turns of other tabs however long they take', async () => {
  const tabs = new Tabs()
  const [a, b] = [tabs.open('a'), tabs.open('b')]
  const held = await a.take(P, 1, 'turn', OPEN)
  const turn = watch(b.take(P, 1, 'turn', OPEN))
  for (let second = 0; second < 60; second += 1) await tabs.pass(1_000)
  expect(turn.place).toBeUndefined()
  held.release()
  await setImmediate()
  expect(turn.place).toBeDefined()
})

test('[GATE14] a tab that is just getting a place for a turn shows that it lives', async () => {
  const tabs = new Tabs()
  const [a, b] = [tabs.open('a'), tabs.open('b')]
  const first = watch(a.take(P, 1, 'turn', OPEN))
  const second = watch(b.take(P, 1, 'turn', OPEN))
  await tabs.pass(1_000)
  await tabs.pass(1_000)
  expect([first.place !== undefined, second.place]).toEqual([true, undefined])
  expect(tabs.sent.slice(0, 3)).toContain('a: settled')
})

test('[GATE14] who gives up leaves nothing behind', async () => {
  const tabs = new Tabs()
  const [a, b] = [tabs.open('a'), tabs.open('b')]
  const held = await a.take(P, 2, 'turn', OPEN)
  const other = await a.take(P, 2, 'turn', OPEN)
  const stop = new AbortController()
  const turn = watch(b.take(P, 2, 'turn', stop.signal))
  const job = watch(b.take(P, 2, 'job', stop.signal))
  const next = watch(b.take(P, 2, 'job', stop.signal))
  await setImmediate()
  stop.abort(new Error('no more'))
  await setImmediate()
  expect([turn.failed, job.failed, next.failed]).toEqual([true, true, true])
  held.release()
  other.release()
  await setImmediate()
  expect(await a.take(P, 1, 'job', OPEN)).toBeDefined()
  expect(tabs.clock.waiting()).toBe(0)
})

test('[GATE14] a place that is granted after it was given up is given back', async () => {
  const tabs = new Tabs()
  /** What a browser does that had granted the lock already when the request was aborted. */
  const grants: (() => Promise<unknown>)[] = []
  const late: LockManagerLike = {
    request: (name, options, callback) =>
      options.ifAvailable
        ? callback(null)
        : new Promise((resolve) => {
            grants.push(async () => {
              const held = callback({ name })
              resolve(held)
              return held
            })
          }),
  }
  const places = tabs.open('a', late)
  const unheld = watch(places.take(P, 2, 'turn', OPEN))
  await tabs.pass(1_000)
  unheld.place?.release()
  const [first, second] = grants
  await expect(Promise.all([first?.(), second?.()])).resolves.toBeDefined()
  const held = watch(places.take(P, 2, 'turn', OPEN))
  await setImmediate()
  const [, , third, fourth] = grants
  const kept = third?.()
  await fourth?.()
  let isGivenBack = false
  void kept?.then(() => {
    isGivenBack = true
  })
  await setImmediate()
  expect(isGivenBack).toBe(false)
  held.place?.release()
  await setImmediate()
  expect(isGivenBack).toBe(true)
})

test('[GATE14] a turn stops the job of another tab, one of its own tab first', async () => {
  const tabs = new Tabs()
  const gates = ['a', 'b'].map((name) => {
    const gate = createGate({ clock: tabs.clock, places: tabs.open(name) })
    gate.configure(P, { slots: 2, needsPlaces: true, lullMs: 0 })
    return gate
  })
  const [a, b] = gates
  if (!a || !b) throw new Error('two gates were opened')
  const events: string[] = []
  const hold = (name: string) => (signal: AbortSignal) =>
    new Promise<{ kind: 'answered' } | { kind: 'failed'; code: 'aborted'; reason: string }>(
      (resolve) => {
        events.push(name)
        signal.addEventListener('abort', () => {
          events.push(`${name} aborted`)
          resolve({ kind: 'failed', code: 'aborted', reason: 'told to' })
        })
      },
    )
  void a.job(P, { tokens: 1 }, hold('job of a'))
  await setImmediate()
  void b.job(P, { tokens: 1 }, hold('job of b'))
  await setImmediate()
  expect(await b.turn(P, async () => 'first')).toBe('first')
  expect(events).toEqual(['job of a', 'job of b', 'job of b aborted'])
  await tabs.pass(1_000)
  expect(events.at(-1)).toBe('job of b')
  const both = ['one', 'two'].map((name) => b.turn(P, async () => name))
  expect(await Promise.all(both)).toEqual(['one', 'two'])
  for (const gate of gates) gate.close()
  await setImmediate()
})
