import type { ExtensionSettings } from './extension-settings.ts'
import { patternOf } from './pattern-of.ts'

/**
 * The settings as they hold now: a site whose permission a person took back in the browser itself counts as off, also
 * in its pages that are still open.
 *
 * @param isGranted - Whether the browser lets the extension work on the pages of a match pattern.
 * @see SPEC.md rule GRANT12
 */
export async function heldSettings(
  settings: ExtensionSettings,
  isGranted: (pattern: string) => Promise<boolean>,
): Promise<ExtensionSettings> {
  const sites = await Promise.all(
    Object.entries(settings.sites).map(async ([origin, site]) => {
      // What can't be asked for is not granted.
      const isHeld = site.isOn && (await isGranted(patternOf(origin)).catch(() => false))
      return [origin, { ...site, isOn: isHeld }] as const
    }),
  )
  return { ...settings, sites: Object.fromEntries(sites) }
}
