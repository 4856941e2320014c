import { watchDevice } from '../tabs/device-conditions.ts'
import type { Call } from './create-backfold.ts'

const told = new WeakSet<Call>()

/** Tells the workers what only a page sees of the device, now and whenever it changes. Once for each connection. */
export function tellDevice(call: Call): void {
  if (told.has(call) || typeof document === 'undefined') return
  told.add(call)
  const device = watchDevice(globalThis)
  const tell = (): void => {
    call('tellDevice', { state: device.current() }).catch((failure: unknown) => {
      // A closed engine wants to know nothing more; what was lost is told with the next change.
      if (failure instanceof Error && failure.message.includes('closed')) device.close()
    })
  }
  device.watch(tell)
  tell()
}
