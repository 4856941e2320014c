import { expect, test } from 'vitest'
import {
  DEFAULT_DEVICE_POLICY,
  DEVICE_CONDITIONS,
  findDeviceWait,
  type DeviceCondition,
} from '../../../../src/core/gate/device-wait.ts'
import type { DeviceState } from '../../../../src/core/ports/device-conditions.ts'

const CASES: readonly (readonly [
  DeviceState,
  local: DeviceCondition | undefined,
  remote: DeviceCondition | undefined,
])[] = [
  [{}, undefined, undefined],
  [{ isOnline: true, savesData: false, isMetered: false, isHidden: false }, undefined, undefined],
  [{ isOnline: false }, undefined, 'offline'],
  [{ savesData: true }, undefined, 'save-data'],
  [{ isMetered: true }, undefined, 'metered'],
  [{ isHidden: true }, 'hidden', undefined],
  [{ battery: { level: 0.19, isCharging: false } }, 'battery', undefined],
  [{ battery: { level: 0.2, isCharging: false } }, undefined, undefined],
  [{ battery: { level: 0.01, isCharging: true } }, undefined, undefined],
  [{ pressure: 'fair' }, undefined, undefined],
  [{ pressure: 'serious' }, 'pressure', undefined],
  [{ pressure: 'critical', isOnline: false, savesData: true }, 'pressure', 'offline'],
]

test.each(CASES)(
  '[GATE8] %j holds up a local model: %s, a remote one: %s',
  (device, local, remote) => {
    expect(findDeviceWait(device, true, DEFAULT_DEVICE_POLICY)?.condition).toBe(local)
    expect(findDeviceWait(device, false, DEFAULT_DEVICE_POLICY)?.condition).toBe(remote)
  },
)

const WORST: DeviceState = {
  isOnline: false,
  savesData: true,
  isMetered: true,
  isHidden: true,
  pressure: 'critical',
  battery: { level: 0.054, isCharging: false },
}

test.each(DEVICE_CONDITIONS)(
  '[GATE8] %s can be set for all and for none, and has words',
  (only) => {
    const holdsUp = Object.fromEntries(
      DEVICE_CONDITIONS.map((condition) => [condition, condition === only ? 'all' : 'none']),
    ) as typeof DEFAULT_DEVICE_POLICY.holdsUp
    for (const isLocal of [true, false]) {
      const wait = findDeviceWait(WORST, isLocal, { holdsUp, lowBattery: 0.2 })
      expect(wait?.condition).toBe(only)
      expect(wait?.reason).toMatch(/^the (?:device|network|battery|tab) /)
    }
    const nothing = { ...holdsUp, [only]: 'none' } as const
    expect(findDeviceWait(WORST, true, { holdsUp: nothing, lowBattery: 0.2 })).toBeUndefined()
  },
)
