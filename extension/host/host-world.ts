import { issueId } from '../../src/client/connection.ts'
import type { HostLink } from '../wire/host-link.ts'
import { allowChoices, LIBRARY_INDEX, readPackagedLibraries } from './allow-choices.ts'
import { archiveWorld, type PassphraseVault } from './archive.ts'
import { createChats } from './create-chats.ts'
import { createHostMemory } from './host-memory.ts'
import type { HostWorld } from './start-host.ts'

/** The browser that a host runs in. */
export function hostWorld(link: HostLink, vault: PassphraseVault | null): HostWorld {
  const { runtime } = chrome
  return {
    link,
    onConnect: (listener) => runtime.onConnect.addListener(listener),
    own: { id: runtime.id, root: runtime.getURL('') },
    archive: archiveWorld('backfold', vault),
    memory: createHostMemory(),
    createChats,
    allowChoices: async (ladder) =>
      allowChoices(
        ladder,
        ladder.some(({ kind }) => kind === 'webllm')
          ? await readPackagedLibraries(runtime.getURL(LIBRARY_INDEX))
          : [],
        (name) => runtime.getURL(`models/${name}`),
      ),
    now: () => Date.now(),
    after(ms, callback) {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
    newId: issueId,
    close: () => window.close(),
  }
}
