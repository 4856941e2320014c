import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { watchDevice, type DeviceScope } from '../../../src/tabs/device-conditions.ts'

/** An event target with fields that a test changes. */
function changing<T extends object>(fields: T): EventTarget & T {
  return Object.assign(new EventTarget(), fields)
}

test('[GATE16] where the browser tells nothing, nothing is known', async () => {
  const device = watchDevice({})
  await setImmediate()
  expect(device.current()).toEqual({})
  device.close()
  const node = watchDevice(globalThis)
  expect(node.current().isHidden).toBeUndefined()
  node.close()
})

test('[GATE16] a page reads visibility, battery, connection and line, and tells of changes only', async () => {
  const battery = changing({ level: 1, charging: true })
  const connection = changing({ saveData: false, type: 'wifi' })
  const document = changing({ visibilityState: 'visible' })
  const navigator = { onLine: true, connection, getBattery: async () => battery }
  const scope = changing({ navigator, document })
  const device = watchDevice(scope)
  let told = 0
  const stop = device.watch(() => {
    told += 1
  })
  await setImmediate()
  expect(device.current()).toEqual({
    isHidden: false,
    isOnline: true,
    savesData: false,
    isMetered: false,
    battery: { level: 1, isCharging: true },
  })
  expect(told).toBe(1)
  Object.assign(battery, { level: 0.1, charging: false })
  battery.dispatchEvent(new Event('levelchange'))
  battery.dispatchEvent(new Event('chargingchange'))
  Object.assign(connection, { saveData: true, type: 'cellular' })
  connection.dispatchEvent(new Event('change'))
  document.visibilityState = 'hidden'
  document.dispatchEvent(new Event('visibilitychange'))
  navigator.onLine = false
  scope.dispatchEvent(new Event('offline'))
  expect(told).toBe(5)
  expect(device.current()).toEqual({
    isHidden: true,
    isOnline: false,
    savesData: true,
    isMetered: true,
    battery: { level: 0.1, isCharging: false },
  })
  stop()
  device.close()
  navigator.onLine = true
  scope.dispatchEvent(new Event('online'))
  expect(told).toBe(5)
})

test('[GATE16] what a page tells counts before what a worker sees', () => {
  const device = watchDevice({ navigator: { onLine: true } })
  let told = 0
  device.watch(() => {
    told += 1
  })
  device.tell({ isHidden: true })
  device.tell({ battery: { level: 0.5, isCharging: false }, isOnline: false })
  device.tell({ isHidden: true })
  expect(told).toBe(2)
  expect(device.current()).toEqual({
    isHidden: true,
    isOnline: false,
    battery: { level: 0.5, isCharging: false },
  })
})

test('[GATE16] a battery and an observer that are forbidden are as if they were missing', async () => {
  class Forbidden {
    observe(): Promise<void> {
      return Promise.reject(new Error('forbidden'))
    }
    disconnect(): void {}
  }
  class Broken {
    constructor() {
      throw new Error('forbidden')
    }
  }
  const navigator = { getBattery: () => Promise.reject(new Error('forbidden')) }
  for (const observer of [Forbidden, Broken]) {
    const PressureObserver = observer as unknown as NonNullable<DeviceScope['PressureObserver']>
    const device = watchDevice({ navigator, PressureObserver })
    await setImmediate()
    expect(device.current()).toEqual({})
    device.close()
  }
})

test('[GATE16] how busy the device is, is taken as far as it is understood', () => {
  let tell: (records: readonly { readonly state: string }[]) => void = () => {}
  let isObserving = false
  class Observer {
    constructor(callback: (records: readonly { readonly state: string }[]) => void) {
      tell = callback
    }
    async observe(): Promise<void> {
      isObserving = true
    }
    disconnect(): void {
      isObserving = false
    }
  }
  const device = watchDevice({ PressureObserver: Observer })
  tell([{ state: 'nominal' }, { state: 'serious' }])
  expect(device.current()).toEqual({ pressure: 'serious' })
  tell([{ state: 'of another release' }])
  tell([])
  expect(device.current()).toEqual({ pressure: 'serious' })
  expect(isObserving).toBe(true)
  device.close()
  expect(isObserving).toBe(false)
})
