import type { KeepWorld } from '../../src/app/keep/keep-world.ts'
import { pageWorld } from '../../src/app/keep/page-world.ts'
import type { HostLine } from '../wire/connect-panel.ts'

/**
 * The world of the app's pages over the extension's host: one archive for all of them, opened and locked there. What is
 * not about the archive is as on any page.
 *
 * @see SPEC.md rule PANEL16
 */
export function hostKeepWorld(
  line: Pick<HostLine, 'rpc' | 'backfold'>,
  page: KeepWorld = pageWorld(),
): KeepWorld {
  const ask = line.rpc.ask
  return {
    ...page,
    async open(passphrase) {
      if (passphrase !== null) await ask('unlock', { passphrase })
      // Others use it as well: a page that goes away must not close it.
      return { ...line.backfold, close: async () => {} }
    },
    readProtection: async () => (await ask('protection', null)).protection,
    isUnlockedElsewhere: async () => (await ask('protection', null)).isOpen,
    restart(because) {
      const locked = because === 'request' ? ask('lock', null) : Promise.resolve(null)
      // Nothing of it stays in memory here, whether the host could be told or not.
      void locked.catch(() => null).then(() => page.restart(because))
    },
  }
}
