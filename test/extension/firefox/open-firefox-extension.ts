import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SiteSettings } from '../../../extension/settings/extension-settings.ts'
import { builtExtension } from '../built-extension.ts'
import type { FirefoxPage } from './firefox-page.ts'
import { openFirefox, type Firefox } from './open-firefox.ts'

/** The whole extension in a Firefox of its own. */
export interface FirefoxExtension {
  readonly firefox: Firefox
  /** Address of the extension's files, with a slash at its end. */
  readonly address: string
  /** A page of the extension in a tab, such as `panel.html`. */
  openPage(name: string): Promise<FirefoxPage>
  /** Enables a site as a click would, and waits until its scripts are registered. It must be one of this machine. */
  enable(origin: string, settings?: Partial<SiteSettings>): Promise<void>
  close(): Promise<void>
}

/** Builds the extension if it has changed, and installs it. */
export async function openFirefoxExtension(): Promise<FirefoxExtension> {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-firefox-extension-'))
  // A copy, because another test builds it anew.
  cpSync(builtExtension('firefox'), folder, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    readonly browser_specific_settings: { readonly gecko: { readonly id: string } }
  }
  const uuid = randomUUID()
  const uuids = { [manifest.browser_specific_settings.gecko.id]: uuid }
  const firefox = await openFirefox({ uuids })
  await firefox.install(folder)
  const address = `moz-extension://${uuid}/`
  const openPage = (name: string): Promise<FirefoxPage> => firefox.open(`${address}${name}`)
  return {
    firefox,
    address,
    openPage,
    async enable(origin, settings = {}) {
      const page = await openPage('options.html')
      const message = {
        ...{ to: 'background', kind: 'write-site', origin },
        patch: { isOn: true, ...settings },
      }
      await page.evaluate(`browser.runtime.sendMessage(${JSON.stringify(message)})`)
      await page.until(
        'browser.scripting.getRegisteredContentScripts().then((all) => all.length > 1)',
      )
      await page.close()
    },
    async close() {
      await firefox.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
