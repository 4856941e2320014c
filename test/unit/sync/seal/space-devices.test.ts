import fc from 'fast-check'
import { expect, test } from 'vitest'
import { takeDevice, type SpaceDevice } from '../../../../src/core/sync/space-devices.ts'
import {
  readSpaceRecord,
  writeSpaceRecord,
  type DeviceRecord,
} from '../../../../src/core/sync/space-record.ts'

const record = (change: Partial<DeviceRecord> = {}): DeviceRecord => ({
  kind: 'device',
  id: 'd-1',
  name: 'Firefox on Linux',
  seenAt: 10,
  isRemoved: false,
  ...change,
})

const take = (...records: readonly DeviceRecord[]): readonly SpaceDevice[] =>
  records.reduce(takeDevice, [])

test('[SEAL15] a device has its newest name and time', () => {
  const devices = take(
    record(),
    record({ id: 'd-2' }),
    record({ name: 'desk', seenAt: 30 }),
    record({ name: 'laptop', seenAt: 20 }),
  )
  expect(devices).toEqual([
    { id: 'd-1', name: 'laptop', seenAt: 30, isRemoved: false },
    { id: 'd-2', name: 'Firefox on Linux', seenAt: 10, isRemoved: false },
  ])
})

test('[SEAL15] who was removed stays so, and keeps its name and when it was heard of', () => {
  const devices = take(
    record(),
    record({ name: 'x', seenAt: 99, isRemoved: true }),
    record({ seenAt: 100 }),
  )
  expect(devices).toEqual([{ id: 'd-1', name: 'Firefox on Linux', seenAt: 100, isRemoved: true }])
})

test('[SEAL15] no more than 500 devices are kept, the oldest goes first', () => {
  const many = Array.from({ length: 501 }, (_, at) =>
    record({ id: `d-${at}`, seenAt: at === 7 ? 0 : 1_000 - at }),
  )
  const devices = take(...many)
  expect(devices).toHaveLength(500)
  expect(devices.some(({ id }) => id === 'd-7')).toBe(false)
})

test('[SEAL15] a record comes back as it was written, and what is none is left out', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 64 }),
      fc.string({ minLength: 1, maxLength: 100 }),
      fc.nat(),
      fc.boolean(),
      (id, name, seenAt, isRemoved) => {
        const written = record({ id, name, seenAt, isRemoved })
        expect(readSpaceRecord(writeSpaceRecord(written))).toEqual(written)
      },
    ),
  )
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(readSpaceRecord(text)).toBeUndefined()
    }),
  )
  for (const bad of [
    { id: '' },
    { id: 'x'.repeat(65) },
    { name: '' },
    { name: 'x'.repeat(101) },
    { seenAt: -1 },
    { seenAt: '10' },
    { seenAt: null },
    { isRemoved: 1 },
    { kind: 'message' },
  ]) {
    expect(readSpaceRecord(JSON.stringify({ ...record(), ...bad }))).toBeUndefined()
  }
})
