import { readOrigin, readSettings, readSite, siteSettingsOf } from './read-settings.ts'
import type { ExtensionSettings, SiteSettings } from './extension-settings.ts'

/** What is stored by the extension's API, as far as it is used here. */
export interface StorageArea {
  get(name: string): Promise<Readonly<Record<string, unknown>>>
  set(values: Readonly<Record<string, unknown>>): Promise<void>
}

/** Everything that a store needs of the browser. */
export interface SettingsWorld {
  readonly area: StorageArea
  /** Calls back with what is stored under a name whenever it changes, in whatever context; returns the way to stop. */
  readonly onChanged: (name: string, listener: (value: unknown) => void) => () => void
  /** Does one piece of work at a time, in all contexts of the extension. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>
}

/** The settings as they are stored: read, changed and watched. Contexts that the browser lets read storage only. */
export interface SettingsStore {
  read(): Promise<ExtensionSettings>
  /** Changes what is named and leaves the rest, whoever else writes at the same time. */
  patch(change: Partial<Omit<ExtensionSettings, 'sites'>>): Promise<void>
  /** Enables a site that is not known yet, unless the change says otherwise. */
  patchSite(origin: string, change: Partial<SiteSettings>): Promise<void>
  forgetSite(origin: string): Promise<void>
  onChange(listener: (settings: ExtensionSettings) => void): () => void
}

const NAME = 'settings'

/**
 * The settings in `chrome.storage.local`.
 *
 * @see SPEC.md rules GRANT3, GRANT4
 */
export function createSettingsStore(world: SettingsWorld = browserWorld()): SettingsStore {
  const read = async (): Promise<ExtensionSettings> =>
    readSettings((await world.area.get(NAME))[NAME])
  // Read and written as one: the last of two writers would take back what the first one wrote.
  const change = (to: (settings: ExtensionSettings) => ExtensionSettings): Promise<void> =>
    world.alone(async () => world.area.set({ [NAME]: readSettings(to(await read())) }))
  return {
    read,
    patch: (patch) => change((settings) => ({ ...settings, ...patch, sites: settings.sites })),
    async patchSite(origin, patch) {
      if (readOrigin(origin) !== origin) return
      await change((settings) => {
        const known = Object.hasOwn(settings.sites, origin)
        const former = known ? siteSettingsOf(settings, origin) : readSite({})
        return {
          ...settings,
          sites: { ...settings.sites, [origin]: readSite({ ...former, ...patch }) },
        }
      })
    },
    forgetSite: (origin) =>
      change((settings) => ({
        ...settings,
        sites: Object.fromEntries(
          Object.entries(settings.sites).filter(([known]) => known !== origin),
        ),
      })),
    onChange: (listener) => world.onChanged(NAME, (value) => listener(readSettings(value))),
  }
}

/** Storage of the extension, and a lock that all of its contexts share. */
export function browserWorld(): SettingsWorld {
  return {
    area: chrome.storage.local,
    onChanged(name, listener) {
      const heard = (changes: Readonly<Record<string, chrome.storage.StorageChange>>): void => {
        if (Object.hasOwn(changes, name)) listener(changes[name]?.newValue)
      }
      chrome.storage.local.onChanged.addListener(heard)
      return () => chrome.storage.local.onChanged.removeListener(heard)
    },
    alone: (work) => navigator.locks.request('backfold:settings', work),
  }
}
