import { BackfoldError } from '../../src/core/backfold-error.ts'
import { patternOf } from './pattern-of.ts'
import { readOrigin } from './read-settings.ts'
import { createSettingsStore } from './settings-store.ts'

/**
 * Asks for a site's permission and enables it. Call it first thing in a click on a page of the extension: nothing may
 * be awaited before. The pages of it that are open have to be loaded again.
 *
 * @param origin - Such as `https://chatgpt.com`.
 * @returns Whether the person granted it.
 * @throws BackfoldError `INVALID_INPUT` for what is no origin of a web page.
 * @see SPEC.md rule GRANT5
 */
export async function enableSite(origin: string): Promise<boolean> {
  const origins = [patternFor(origin)]
  if (!(await chrome.permissions.request({ origins }))) return false
  await createSettingsStore().patchSite(origin, { isOn: true })
  return true
}

/** Switches a site off and gives its permission back. What was set for it is kept. @see SPEC.md rule GRANT6 */
export async function disableSite(origin: string): Promise<void> {
  const origins = [patternFor(origin)]
  await createSettingsStore().patchSite(origin, { isOn: false })
  // Fails where the browser's own rules grant it; the site is off all the same.
  await chrome.permissions.remove({ origins }).catch(() => false)
}

/** Whether the browser lets the extension work on a site. */
export function isGranted(origin: string): Promise<boolean> {
  return chrome.permissions.contains({ origins: [patternFor(origin)] })
}

function patternFor(origin: string): string {
  if (readOrigin(origin) !== origin) {
    throw new BackfoldError('INVALID_INPUT', 'expected the origin of a web page')
  }
  return patternOf(origin)
}
