/** Where records of a space stand that are about no session. They are sealed as all others are. */
export const SPACE_ROWS: { readonly token: '_space'; readonly channel: 'rows' } = {
  token: '_space',
  channel: 'rows',
}

/** A device says that it is part of the space, or is said to be no longer part of it. */
export interface DeviceRecord {
  readonly kind: 'device'
  readonly id: string
  /** What people call it; 1 to 100 characters. */
  readonly name: string
  /** Unix time in milliseconds, by the clock of whoever says it. */
  readonly seenAt: number
  readonly isRemoved: boolean
}

const MAX_NAME = 100
const MAX_ID = 64
/** The newest time that a date can have. */
const MAX_TIME = 8_640_000_000_000_000

export function writeSpaceRecord({ kind, id, name, seenAt, isRemoved }: DeviceRecord): string {
  return JSON.stringify({ kind, id, name, seenAt, isRemoved })
}

/** Reads a record of a space; undefined for what is none. Never throws: others may write anything. */
export function readSpaceRecord(text: string): DeviceRecord | undefined {
  if (text.length > 4_000) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { kind, id, name, seenAt, isRemoved }: Partial<Record<string, unknown>> = { ...value }
  if (kind !== 'device' || typeof isRemoved !== 'boolean') return undefined
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID) return undefined
  if (typeof name !== 'string' || name === '' || name.length > MAX_NAME) return undefined
  if (typeof seenAt !== 'number' || !(seenAt >= 0 && seenAt <= MAX_TIME)) return undefined
  return { kind, id, name, seenAt, isRemoved }
}
