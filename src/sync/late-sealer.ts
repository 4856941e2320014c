import type { Sealer } from './sealer.ts'

/** A sealer whose keys come with the connection. */
export interface LateSealer extends Sealer {
  use(sealer: Sealer): void
}

/** Rejects until there is one to use. */
export function createLateSealer(): LateSealer {
  let own: Sealer | undefined
  const expectOwn = (): Sealer => {
    if (own) return own
    throw new Error('there is no connection yet, and so no keys')
  }
  return {
    use(sealer) {
      own = sealer
    },
    token: async (session) => expectOwn().token(session),
    nameEntry: async (place, id) => expectOwn().nameEntry(place, id),
    seal: async (place, id, bytes) => expectOwn().seal(place, id, bytes),
    open: async (place, id, bytes) => expectOwn().open(place, id, bytes),
  }
}
