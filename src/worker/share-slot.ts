import type { HeavySlots } from '../tabs/heavy-slots.ts'

/**
 * One thread needs one place, however many calls it works on side by side: the first call takes it, others
 * join, and the last one gives it back. Calls of one thread would otherwise wait for each other, and their
 * deadlines would run meanwhile.
 */
export function shareSlot(slots: HeavySlots): HeavySlots {
  let held: { readonly granted: Promise<void>; readonly free: () => void } | undefined
  let users = 0

  const take = (): NonNullable<typeof held> => {
    let free = (): void => {}
    const freed = new Promise<void>((resolve) => {
      free = resolve
    })
    const granted = new Promise<void>((grant, refuse) => {
      slots(() => {
        grant()
        return freed
      }).catch(refuse)
    })
    return { granted, free }
  }

  return async (work) => {
    held ??= take()
    const own = held
    users += 1
    try {
      await own.granted
      return await work()
    } finally {
      users -= 1
      if (users === 0) {
        held = undefined
        own.free()
      }
    }
  }
}
