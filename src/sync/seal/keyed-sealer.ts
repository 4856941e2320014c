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

/** Keys that are remembered: deriving one costs more than using it. */
const MOST_KEYS = 500

/** A sealer over keys of sessions by epoch. */
export function createKeyedSealer(keys: SealingKeys): Sealer {
  const known = createNewest<CryptoKey>({ entries: MOST_KEYS })
  const keyOf = async (token: string, epoch: number): Promise<CryptoKey | undefined> => {
    const name = `${epoch} ${token}`
    const key = known.get(name) ?? (await keys.key(token, epoch))
    if (key !== undefined) known.add(name, key)
    return key
  }
  const namesOf = async (token: string): Promise<CryptoKey> => {
    const name = `names ${token}`
    const key = known.get(name) ?? (await keys.names(token))
    if (key === undefined) throw new BackfoldError('INTERNAL', 'these keys are for another session')
    known.add(name, key)
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
