import { patternOf } from '../settings/pattern-of.ts'
import { siteSettingsOf } from '../settings/read-settings.ts'
import type { ExtensionSettings } from '../settings/extension-settings.ts'

/** A content script as it is registered with the browser. */
export interface Registration {
  readonly id: string
  readonly matches: readonly string[]
  readonly js: readonly string[]
  readonly world: 'MAIN' | 'ISOLATED'
}

/** What all of them have in common: there before the page's own code, in all frames, and after a restart. */
export const REGISTERED = {
  runAt: 'document_start',
  allFrames: true,
  matchOriginAsFallback: true,
  persistAcrossSessions: true,
} as const

/** Origins that are enabled; while all is paused too, as resuming would need every page to be loaded again. @see SPEC.md rule GRANT7 */
export function enabledOrigins(settings: ExtensionSettings): readonly string[] {
  return Object.keys(settings.sites)
    .filter((origin) => siteSettingsOf(settings, origin).isOn)
    .sort()
}

/** The scripts of these origins, two for each host. @see SPEC.md rule GRANT7 */
export function wantedRegistrations(origins: readonly string[]): readonly Registration[] {
  const patterns = [...new Set(origins.map(patternOf))].sort()
  return patterns.flatMap((pattern) => [
    // First, so that it is there when the other one hands over its port.
    { id: `page ${pattern}`, matches: [pattern], js: ['page.js'], world: 'MAIN' as const },
    { id: `bridge ${pattern}`, matches: [pattern], js: ['bridge.js'], world: 'ISOLATED' as const },
  ])
}

/** What makes the registered scripts the wanted ones. */
export interface RegistrationChange {
  readonly remove: readonly string[]
  readonly add: readonly Registration[]
}

/** Only what differs is touched. @see SPEC.md rule GRANT8 */
export function diffRegistrations(
  registered: readonly Partial<Registration>[],
  wanted: readonly Registration[],
): RegistrationChange {
  const known = new Map(registered.map((one) => [one.id ?? '', describe(one)]))
  const same = new Set(wanted.filter((one) => known.get(one.id) === describe(one)).map(idOf))
  return {
    remove: [...known.keys()].filter((id) => !same.has(id)),
    add: wanted.filter(({ id }) => !same.has(id)),
  }
}

function describe({ matches, js, world }: Partial<Registration>): string {
  return JSON.stringify([matches, js, world ?? 'ISOLATED'])
}

function idOf({ id }: Registration): string {
  return id
}
