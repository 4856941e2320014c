import type { DeviceState } from '../ports/device-conditions.ts'

/** What of a device may hold up jobs. */
export const DEVICE_CONDITIONS = [
  'offline',
  'save-data',
  'metered',
  'battery',
  'pressure',
  'hidden',
] as const

export type DeviceCondition = (typeof DEVICE_CONDITIONS)[number]

/** Jobs of which providers a condition holds up. */
export type HoldsUp = 'none' | 'local' | 'remote' | 'all'

export interface DevicePolicy {
  readonly holdsUp: Readonly<Record<DeviceCondition, HoldsUp>>
  /** Level below which a battery that is not charging counts as low, 0 to 1. */
  readonly lowBattery: number
}

/** A local model costs power and heat, a remote one traffic. */
export const DEFAULT_DEVICE_POLICY: DevicePolicy = {
  holdsUp: {
    offline: 'remote',
    'save-data': 'remote',
    metered: 'remote',
    battery: 'local',
    pressure: 'local',
    hidden: 'local',
  },
  lowBattery: 0.2,
}

export interface DeviceWait {
  readonly condition: DeviceCondition
  /** For people. */
  readonly reason: string
}

/**
 * What of the device holds up a job of such a provider now; undefined if nothing does. Turns never ask.
 *
 * @see SPEC.md rule GATE8
 */
export function findDeviceWait(
  device: DeviceState,
  isLocal: boolean,
  policy: DevicePolicy,
): DeviceWait | undefined {
  for (const condition of DEVICE_CONDITIONS) {
    if (!isHeldUp(policy.holdsUp[condition], isLocal)) continue
    const reason = describeCondition(condition, device, policy)
    if (reason !== undefined) return { condition, reason }
  }
  return undefined
}

function isHeldUp(holdsUp: HoldsUp, isLocal: boolean): boolean {
  return holdsUp === 'all' || holdsUp === (isLocal ? 'local' : 'remote')
}

function describeCondition(
  condition: DeviceCondition,
  device: DeviceState,
  { lowBattery }: DevicePolicy,
): string | undefined {
  const { battery, pressure } = device
  switch (condition) {
    case 'offline':
      return device.isOnline === false ? 'the device is offline' : undefined
    case 'save-data':
      return device.savesData ? 'the device is set to save data' : undefined
    case 'metered':
      return device.isMetered ? 'the network is metered' : undefined
    case 'battery':
      return battery && !battery.isCharging && battery.level < lowBattery
        ? `the battery is at ${Math.round(battery.level * 100)} % and not charging`
        : undefined
    case 'pressure':
      return pressure === 'serious' || pressure === 'critical'
        ? 'the device is hot or busy'
        : undefined
    case 'hidden':
      return device.isHidden ? 'the tab is hidden' : undefined
  }
}
