import type { DeviceRecord } from './space-record.ts'

/** A device of a space, as others see it. */
export type SpaceDevice = Omit<DeviceRecord, 'kind'>

/** More are not kept: whoever may write to a space could otherwise fill the memory of all. */
const MAX_DEVICES = 500

/**
 * The devices of a space after one more record of one, in the order in which they were first heard of. Pure and total.
 *
 * Who was removed stays so, whatever is said later, by itself too: it comes back under another id. Beyond 500 devices the
 * one that was heard of longest ago goes.
 *
 * @see SPEC.md rule SEAL15
 */
export function takeDevice(
  devices: readonly SpaceDevice[],
  { id, name, seenAt, isRemoved }: DeviceRecord,
): readonly SpaceDevice[] {
  const known = devices.find((device) => device.id === id)
  if (known === undefined) return keepNewest([...devices, { id, name, seenAt, isRemoved }])
  const next: SpaceDevice = {
    id,
    name: isRemoved ? known.name : name,
    // Whoever removes a device has not heard of it.
    seenAt: isRemoved ? known.seenAt : Math.max(known.seenAt, seenAt),
    isRemoved: known.isRemoved || isRemoved,
  }
  return devices.map((device) => (device.id === id ? next : device))
}

function keepNewest(devices: readonly SpaceDevice[]): readonly SpaceDevice[] {
  if (devices.length <= MAX_DEVICES) return devices
  const oldest = devices.reduce((a, b) => (b.seenAt < a.seenAt ? b : a))
  return devices.filter((device) => device !== oldest)
}
