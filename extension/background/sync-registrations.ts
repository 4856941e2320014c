import { oneByOne } from '../../src/protocol/one-by-one.ts'
import { heldSettings } from '../settings/held-settings.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import {
  diffRegistrations,
  enabledOrigins,
  REGISTERED,
  wantedRegistrations,
  type Registration,
  type RegistrationChange,
} from './registrations.ts'

/** What of the browser it takes to register content scripts. */
export interface RegistrationWorld {
  readonly isGranted: (pattern: string) => Promise<boolean>
  readonly registered: () => Promise<readonly Partial<Registration>[]>
  readonly register: (scripts: readonly Registration[]) => Promise<void>
  readonly unregister: (ids: readonly string[]) => Promise<void>
}

/**
 * Makes the registered scripts those of the sites that are both enabled and granted. Calls that come meanwhile wait.
 *
 * @see SPEC.md rules GRANT7, GRANT8, GRANT9
 */
export function createRegistrar(
  store: Pick<SettingsStore, 'read'>,
  world: RegistrationWorld = browserRegistrations(),
): () => Promise<void> {
  const inTurn = oneByOne()
  const look = async (): Promise<RegistrationChange> => {
    const held = await heldSettings(await store.read(), world.isGranted)
    return diffRegistrations(await world.registered(), wantedRegistrations(enabledOrigins(held)))
  }
  const sync = async (): Promise<void> => {
    const { remove, add } = await look()
    if (remove.length > 0) await world.unregister(remove)
    if (add.length > 0) await world.register(add)
  }
  // A browser refuses all of what it is given for one that it does not take.
  const syncOneByOne = async (): Promise<void> => {
    const { remove, add } = await look()
    for (const id of remove) await world.unregister([id]).catch(() => {})
    for (const one of add) await world.register([one]).catch(() => {})
  }
  // Another context of the extension, such as that of private windows, may have done a part of it meanwhile.
  return () => inTurn(() => sync().catch(sync).catch(syncOneByOne))
}

/** Whether the browser lets the extension work there now. */
export function isPatternGranted(pattern: string): Promise<boolean> {
  return chrome.permissions.contains({ origins: [pattern] })
}

function browserRegistrations(): RegistrationWorld {
  return {
    isGranted: isPatternGranted,
    registered: async () =>
      (await chrome.scripting.getRegisteredContentScripts()) as readonly Partial<Registration>[],
    register: (scripts) =>
      chrome.scripting.registerContentScripts(
        scripts.map(({ matches, js, ...script }) => ({
          ...script,
          ...REGISTERED,
          matches: [...matches],
          js: [...js],
        })),
      ),
    unregister: (ids) => chrome.scripting.unregisterContentScripts({ ids: [...ids] }),
  }
}
