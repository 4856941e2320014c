import { describe, expect, test } from 'vitest'
import type { Lease, Leases } from '../../src/core/ports/leases.ts'

/** Leases of as many tabs as asked for, over one set of locks that nobody holds yet. */
export type CreateLeases = (tabs: number) => readonly Leases[]

const never = new AbortController().signal

/** What leases have to do, within a process and over Web Locks alike. */
export function describeLeases(name: string, create: CreateLeases): void {
  describe(`${name}`, () => {
    test('[TAB1] a lease is held by one at a time and granted in the order of asking', async () => {
      const tabs = create(3)
      const granted: number[] = []
      let held = 0
      const holders = [...tabs, ...tabs].map(async (leases, index) => {
        const lease = await leases.acquire('s', never)
        held += 1
        expect(held).toBe(1)
        granted.push(index)
        await Promise.resolve()
        held -= 1
        lease.release()
        await lease.lost
      })
      await Promise.all(holders)
      expect(granted).toEqual([0, 1, 2, 3, 4, 5])
    })

    test('[TAB1] whether a lease is free can be asked without taking it', async () => {
      const [leases, other] = create(2)
      expect(await other?.isFree('s')).toBe(true)
      const lease = await expectLease(leases?.acquire('s', never))
      expect(await other?.isFree('s')).toBe(false)
      expect(await leases?.isFree('s')).toBe(false)
      expect(await other?.isFree('t')).toBe(true)
      lease.release()
      await lease.lost
      expect(await other?.isFree('s')).toBe(true)
    })

    test('[TAB1] a lease is granted again once it was released, and released only once', async () => {
      const [leases] = create(1)
      const first = await expectLease(leases?.acquire('s', never))
      const waiting = leases?.acquire('s', never)
      const third = leases?.acquire('s', never)
      first.release()
      first.release()
      const second = await expectLease(waiting)
      first.release()
      expect(await isPending(third)).toBe(true)
      second.release()
      const last = await expectLease(third)
      last.release()
      await Promise.all([first.lost, second.lost, last.lost])
    })

    test('[TAB1] a lease that is held is not lost, and sessions do not wait for each other', async () => {
      const [leases, other] = create(2)
      const lease = await expectLease(leases?.acquire('s', never))
      const another = await expectLease(other?.acquire('t', never))
      expect(await isPending(lease.lost)).toBe(true)
      expect(await isPending(other?.acquire('s', never).then((late) => late.release()))).toBe(true)
      lease.release()
      another.release()
      await lease.lost
    })

    test('[TAB2] a request that is cancelled while it waits is never granted', async () => {
      const [leases, other] = create(2)
      const lease = await expectLease(leases?.acquire('s', never))
      const controller = new AbortController()
      const waiting = other?.acquire('s', controller.signal)
      const behind = other?.acquire('s', never)
      expect(await isPending(waiting)).toBe(true)
      controller.abort(new Error('no longer wanted'))
      await expect(waiting).rejects.toThrow('no longer wanted')
      expect(await isPending(behind)).toBe(true)
      lease.release()
      const next = await expectLease(behind)
      next.release()
    })

    test('[TAB2] a request that was cancelled before is refused at once', async () => {
      const [leases] = create(1)
      const cancelled = AbortSignal.abort(new Error('no longer wanted'))
      await expect(leases?.acquire('s', cancelled)).rejects.toThrow('no longer wanted')
      const lease = await expectLease(leases?.acquire('s', never))
      lease.release()
    })

    test('[TAB2] cancelling after the lease was granted takes nothing back', async () => {
      const [leases, other] = create(2)
      const controller = new AbortController()
      const lease = await expectLease(leases?.acquire('s', controller.signal))
      controller.abort(new Error('too late'))
      expect(await isPending(lease.lost)).toBe(true)
      const waiting = other?.acquire('s', never)
      expect(await isPending(waiting)).toBe(true)
      lease.release()
      const next = await expectLease(waiting)
      next.release()
    })
  })
}

async function expectLease(acquiring: Promise<Lease> | undefined): Promise<Lease> {
  if (!acquiring) throw new Error('there are no leases')
  return acquiring
}

/** Whether a promise has not settled after everything that could settle it has had its chance. */
async function isPending(promise: Promise<unknown> | undefined): Promise<boolean> {
  let settled = false
  const settle = (): void => {
    settled = true
  }
  promise?.then(settle, settle)
  // Messages between threads need more than the end of all promises.
  for (let round = 0; round < 20; round += 1) await nextMessage()
  return !settled
}

function nextMessage(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
