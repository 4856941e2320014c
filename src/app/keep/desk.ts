import { createKeptKeys, type KeptKeys, type TextStorage } from '../run/kept-keys.ts'
import { createSummariserLadder, type SummariserLadder } from '../run/summariser-ladder.ts'
import type { Keep } from './keep-world.ts'
import { createProviderKeys, type ProviderKeys } from './provider-keys.ts'

/** What pages share that the list of sessions does not need: keys in memory, the ladder of summarisers. */
export interface Desk {
  readonly keptKeys: KeptKeys
  readonly providerKeys: ProviderKeys
  readonly ladder: SummariserLadder
}

let made: { readonly keep: Keep; readonly desk: Desk } | undefined

/** The one desk of an app: entered keys must be the same on all its pages. */
export function deskOf(keep: Keep): Desk {
  if (made?.keep === keep) return made.desk
  const keptKeys = createKeptKeys(STORAGE)
  const desk = {
    keptKeys,
    providerKeys: createProviderKeys(keptKeys),
    ladder: createSummariserLadder(
      async () => (await keep.backfold()).summarisers(),
      (callback) => requestAnimationFrame(callback),
    ),
  }
  made = { keep, desk }
  return desk
}

/** Puts keys and ladder in place that are held elsewhere. */
export function layDesk(keep: Keep, { keptKeys, ladder }: Omit<Desk, 'providerKeys'>): void {
  made = { keep, desk: { keptKeys, ladder, providerKeys: createProviderKeys(keptKeys) } }
}

/** Not `localStorage` itself: where storage is forbidden, naming it throws. */
const STORAGE: TextStorage = {
  getItem: (name) => localStorage.getItem(name),
  setItem: (name, value) => localStorage.setItem(name, value),
}
