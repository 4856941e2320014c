import { BackfoldError } from '../../core/backfold-error.ts'
import { SPACE_ROWS, readSpaceRecord, writeSpaceRecord } from '../../core/sync/space-record.ts'
import { takeDevice, type SpaceDevice } from '../../core/sync/space-devices.ts'
import type { RemoteEntry, RemoteLog } from '../../core/ports/remote-log.ts'
import type { Sealer } from '../sealer.ts'
import type { Keyring } from './keyring.ts'
import { expectSpacePassphrase } from './space-passphrase.ts'

export interface SpaceBookPorts {
  readonly log: Pick<RemoteLog, 'append'>
  readonly sealer: Sealer
  /** Only where the space is sealed. */
  readonly keyring?: Pick<Keyring, 'take' | 'rotate'>
  newId(): string
  now(): number
}

/** What a space says of itself: its devices and, where it is sealed, its keys. */
export interface SpaceBook {
  /**
   * Takes in what is about the space itself; all else is ignored. It may be shown the same entries again.
   *
   * @throws BackfoldError `WRONG_PASSPHRASE` once the keys were wrapped anew by another device, `STORAGE_NEWER` by a newer
   * release: nothing behind that may be opened before the keyring is opened again.
   */
  look(entries: readonly RemoteEntry[]): Promise<void>
  list(): readonly SpaceDevice[]
  /** Calls back when the list has changed; returns the way to stop. */
  watch(listener: () => void): () => void
  /** Says that this device is part of the space. False where it is not known to be stored. */
  announce(device: Pick<SpaceDevice, 'id' | 'name'>): Promise<boolean>
  /**
   * Says that a device is no longer part of the space and, where it is sealed, wraps its keys anew: what is sealed from then
   * on opens with the new passphrase alone. Whoever can still reach the server can write nonsense there: its user has to be
   * removed as well.
   *
   * @param passphrase - Another one than before, in a sealed space; none in any other.
   * @throws BackfoldError `INVALID_INPUT` for a device that is not known, and where a passphrase is missing or needless;
   * `TIMED_OUT` where it can't be said now: then it can be done once more.
   */
  remove(device: string, passphrase?: string): Promise<void>
}

export function createSpaceBook(ports: SpaceBookPorts): SpaceBook {
  let devices: readonly SpaceDevice[] = []
  const listeners = new Set<() => void>()
  const say = async (device: SpaceDevice): Promise<boolean> => {
    const id = ports.newId()
    const text = new TextEncoder().encode(writeSpaceRecord({ kind: 'device', ...device }))
    const bytes = await ports.sealer.seal(SPACE_ROWS, id, text)
    return (await ports.log.append({ ...SPACE_ROWS, id, bytes })).kind === 'stored'
  }
  const takeRow = async (entry: RemoteEntry): Promise<void> => {
    const opened = await ports.sealer.open(SPACE_ROWS, entry.id, entry.bytes)
    const record = opened && readSpaceRecord(new TextDecoder().decode(opened))
    if (record) devices = takeDevice(devices, record)
  }
  return {
    async look(entries) {
      const own = entries.filter(({ token }) => token === SPACE_ROWS.token)
      if (own.length === 0) return
      const state = await ports.keyring?.take(own)
      if (state?.kind === 'locked') {
        const code = state.reason === 'newer' ? 'STORAGE_NEWER' : 'WRONG_PASSPHRASE'
        throw new BackfoldError(code, state.detail)
      }
      const before = devices
      for (const entry of own) if (entry.channel === SPACE_ROWS.channel) await takeRow(entry)
      if (devices !== before) for (const listener of [...listeners]) listener()
    },
    list: () => devices,
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    announce: ({ id, name }) => say({ id, name, seenAt: ports.now(), isRemoved: false }),
    async remove(id, passphrase) {
      expectRightPassphrase(ports.keyring !== undefined, passphrase)
      const known = devices.find((device) => device.id === id)
      if (!known) throw new BackfoldError('INVALID_INPUT', 'no such device is known in this space')
      const isSaid = await say({ ...known, seenAt: ports.now(), isRemoved: true })
      if (!isSaid) throw new BackfoldError('TIMED_OUT', 'it could not be said to the others now')
      const rotated = await ports.keyring?.rotate(passphrase)
      if (rotated && rotated.kind !== 'rotated') {
        throw new BackfoldError('TIMED_OUT', `no new epoch could be begun: ${rotated.detail}`)
      }
    },
  }
}

/** @see SPEC.md rule SEAL17 */
function expectRightPassphrase(isSealed: boolean, passphrase: string | undefined): void {
  if (!isSealed && passphrase === undefined) return
  if (!isSealed) {
    throw new BackfoldError(
      'INVALID_INPUT',
      'this space is not sealed: a passphrase shuts nobody out of it',
    )
  }
  if (passphrase === undefined) {
    throw new BackfoldError(
      'INVALID_INPUT',
      'this space is sealed: a device is shut out by a new passphrase only, as it knows the present one',
    )
  }
  expectSpacePassphrase(passphrase)
}
