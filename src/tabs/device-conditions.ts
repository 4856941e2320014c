import {
  PRESSURES,
  type DeviceConditions,
  type DeviceState,
  type Pressure,
} from '../core/ports/device-conditions.ts'

/** Something that tells of its changes, as far as it is used here. */
interface Changing {
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

interface BatteryLike extends Changing {
  readonly level: number
  readonly charging: boolean
}

interface ConnectionLike extends Changing {
  readonly saveData?: boolean
  readonly type?: string
}

interface PressureObserverLike {
  observe(source: string, options?: { readonly sampleInterval: number }): Promise<void>
  disconnect(): void
}

/** What is used of a page's or a worker's global scope. Any of it may be missing. */
export interface DeviceScope extends Changing {
  readonly navigator?: {
    readonly onLine?: boolean
    readonly connection?: ConnectionLike
    getBattery?(): Promise<BatteryLike>
  }
  readonly document?: Changing & { readonly visibilityState?: string }
  readonly PressureObserver?: new (
    callback: (records: readonly { readonly state: string }[]) => void,
  ) => PressureObserverLike
}

export interface WatchedDevice extends DeviceConditions {
  /**
   * Takes what another thread knows: a worker sees neither page nor battery. What is told replaces what
   * this thread sees itself; fields that are not named stay.
   */
  tell(state: DeviceState): void
  close(): void
}

/** Time between two looks at how busy the device is, in milliseconds. */
const PRESSURE_INTERVAL_MS = 5_000

/** Reads what the browser tells of the device, and listens to it. Whatever is missing is left open. */
export function watchDevice(scope: DeviceScope): WatchedDevice {
  const listeners = new Set<() => void>()
  const stops: (() => void)[] = []
  let told: DeviceState = {}
  let battery: BatteryLike | undefined
  let pressure: Pressure | undefined
  let isClosed = false
  let last = ''
  const current = (): DeviceState => ({ ...readScope(scope, battery, pressure), ...told })
  const look = (): void => {
    const now = JSON.stringify(current())
    if (now === last || isClosed) return
    last = now
    for (const listener of [...listeners]) listener()
  }
  const listen = (source: Changing | undefined, types: readonly string[]): void => {
    for (const type of types) {
      source?.addEventListener?.(type, look)
      stops.push(() => source?.removeEventListener?.(type, look))
    }
  }
  listen(scope, ['online', 'offline'])
  listen(scope.document, ['visibilitychange'])
  listen(scope.navigator?.connection, ['change'])
  void findBattery(scope).then((found) => {
    if (!found || isClosed) return
    battery = found
    listen(found, ['levelchange', 'chargingchange'])
    look()
  })
  stops.push(
    watchPressure(scope, (found) => {
      pressure = found
      look()
    }),
  )
  last = JSON.stringify(current())
  return {
    current,
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell(state) {
      told = { ...told, ...state }
      look()
    },
    close() {
      isClosed = true
      for (const stop of stops.splice(0)) stop()
    },
  }
}

function readScope(
  { navigator, document }: DeviceScope,
  battery: BatteryLike | undefined,
  pressure: Pressure | undefined,
): DeviceState {
  const connection = navigator?.connection
  const visibility = document?.visibilityState
  return {
    ...(visibility === undefined ? {} : { isHidden: visibility === 'hidden' }),
    ...(battery ? { battery: { level: battery.level, isCharging: battery.charging } } : {}),
    ...(connection?.saveData === undefined ? {} : { savesData: connection.saveData }),
    ...(connection?.type === undefined ? {} : { isMetered: connection.type === 'cellular' }),
    ...(navigator?.onLine === undefined ? {} : { isOnline: navigator.onLine }),
    ...(pressure ? { pressure } : {}),
  }
}

/** Only pages have a battery, and not all browsers; a permissions policy may forbid it. */
async function findBattery({ navigator }: DeviceScope): Promise<BatteryLike | undefined> {
  try {
    return await navigator?.getBattery?.()
  } catch {
    return undefined
  }
}

function watchPressure(scope: DeviceScope, tell: (pressure: Pressure) => void): () => void {
  const { PressureObserver } = scope
  if (!PressureObserver) return () => {}
  try {
    const observer = new PressureObserver((records) => {
      const state = records.at(-1)?.state
      const found = PRESSURES.find((pressure) => pressure === state)
      if (found) tell(found)
    })
    observer.observe('cpu', { sampleInterval: PRESSURE_INTERVAL_MS }).catch(() => {})
    return () => observer.disconnect()
  } catch {
    return () => {}
  }
}
