import { BackfoldError } from '../../core/backfold-error.ts'
import { createNewest } from '../../engine/newest.ts'
import type { Sealer } from '../sealer.ts'
import { nameEntry } from './session-keys.ts'
import { openBytes, readSealed, sealBytes } from './sealed-bytes.ts'

/** Where a sealer has its keys from. */
export interface SealingKeys {
  token(session: string): Promise<string>
  /** The key that names entries of a session; undefined for a session that these keys are not for. */
  names(token: string): Promise<CryptoKey | undefined>
  /** What everything is sealed by now. Rejects where nothing may be sealed any more. */
  newest(): Promise<number>
  /** The key of a session and epoch; undefined where there is none. Rejects where that can't be known now. */
  key(token: string, epoch: number): Promise<CryptoKey | undefined>
}

/** Keys that are remembered, two for each session: deriving one costs more than using it. */
const MOST_KEYS = 20_000

/** A sealer over keys of sessions by epoch. */
export function createKeyedSealer(keys: SealingKeys): Sealer {
  const known = createNewest<CryptoKey>({ entries: MOST_KEYS })
  /** Those that are being derived: several entries of a session may be opened at once. */
  const deriving = new Map<string, Promise<CryptoKey | undefined>>()
  const derive = async (
    name: string,
    work: () => Promise<CryptoKey | undefined>,
  ): Promise<CryptoKey | undefined> => {
    const under = deriving.get(name) ?? work().finally(() => deriving.delete(name))
    deriving.set(name, under)
    return under
  }
  const recall = async (
    name: string,
    work: () => Promise<CryptoKey | undefined>,
  ): Promise<CryptoKey | undefined> => {
    const key = known.get(name) ?? (await derive(name, work))
    if (key !== undefined) known.add(name, key)
    return key
  }
  const keyOf = (token: string, epoch: number): Promise<CryptoKey | undefined> =>
    recall(`${epoch} ${token}`, () => keys.key(token, epoch))
  const namesOf = async (token: string): Promise<CryptoKey> => {
    const key = await recall(`names ${token}`, () => keys.names(token))
    if (key === undefined) throw new BackfoldError('INTERNAL', 'these keys are for another session')
    return key
  }
  return {
    token: (session) => keys.token(session),
    nameEntry: async ({ token }, id) => nameEntry(await namesOf(token), id),
    async seal(place, id, bytes) {
      const epoch = await keys.newest()
      const key = await keyOf(place.token, epoch)
      if (key === undefined) throw new BackfoldError('INTERNAL', 'the newest epoch has no key')
      return sealBytes(key, epoch, place, id, bytes)
    },
    async open(place, id, bytes) {
      const sealed = readSealed(bytes)
      if (sealed === undefined) return undefined
      const key = await keyOf(place.token, sealed.epoch)
      return key && openBytes(key, sealed, place, id)
    },
  }
}
