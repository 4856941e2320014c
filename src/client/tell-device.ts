import { watchDevice } from '../tabs/device-conditions.ts'
import type { Call } from './create-backfold.ts'
import type { PageModels } from './summarisers.ts'

const told = new WeakSet<Call>()

/**
 * Tells the workers what only a page sees of the device, now and whenever it changes. Once for each connection; a
 * worker that is started again is told with its start.
 */
export function tellDevice(call: Call, page: Pick<PageModels, 'told'>): void {
  if (told.has(call) || typeof document === 'undefined') return
  told.add(call)
  const device = watchDevice(globalThis)
  const tell = (): void => {
    const state = device.current()
    page.told = { chosen: [], ...page.told, device: state }
    call('tellDevice', { state }).catch((failure: unknown) => {
      // A closed engine wants to know nothing more; what was lost is told with the next change.
      if (failure instanceof Error && failure.message.includes('closed')) device.close()
    })
  }
  device.watch(tell)
  tell()
}
