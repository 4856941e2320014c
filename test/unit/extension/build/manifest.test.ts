import { expect, test } from 'vitest'
import { BROWSERS, manifestOf } from '../../../../extension/build/manifest.ts'
import { zipFolder } from '../../../../extension/build/zip-folder.ts'
import { mkdtempSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'

const usual = {
  version: '1.2.3',
  hosts: [],
  pages: ['panel.html', 'options.html', 'offscreen.html', 'archive.html'],
  isTest: false,
}
type Manifest = Readonly<Record<string, unknown>>
const make = (browser: 'chrome' | 'firefox', options: object = {}): Manifest =>
  manifestOf(browser, { ...usual, ...options }) as Manifest

test.each(BROWSERS)(
  '[PACK1] %s: no host, nothing open to pages, no code from elsewhere',
  (browser) => {
    const manifest = make(browser)
    expect(manifest).toMatchObject({
      manifest_version: 3,
      version: '1.2.3',
      optional_host_permissions: ['https://*/*', 'http://*/*'],
      content_security_policy: {
        extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'",
      },
    })
    for (const key of [
      'host_permissions',
      'content_scripts',
      'web_accessible_resources',
      'externally_connectable',
      'optional_permissions',
    ]) {
      expect(manifest, key).not.toHaveProperty(key)
    }
  },
)

test('[PACK2] each browser has its own keys, and the permissions that it needs', () => {
  const chrome = make('chrome')
  expect(chrome).toMatchObject({
    permissions: [
      'storage',
      'unlimitedStorage',
      'scripting',
      'activeTab',
      'offscreen',
      'sidePanel',
    ],
    minimum_chrome_version: '120',
    background: { service_worker: 'service-worker.js', type: 'module' },
    side_panel: { default_path: 'panel.html' },
    incognito: 'split',
  })
  expect(chrome).not.toHaveProperty('browser_specific_settings')
  const firefox = make('firefox')
  expect(firefox).toMatchObject({
    permissions: ['storage', 'unlimitedStorage', 'scripting', 'activeTab'],
    background: { scripts: ['event-page.js'], type: 'module' },
    sidebar_action: { default_panel: 'panel.html' },
    incognito: 'not_allowed',
    browser_specific_settings: {
      gecko: {
        strict_min_version: '140.0',
        data_collection_permissions: { required: ['none'], optional: ['websiteContent'] },
      },
    },
  })
  expect(firefox).not.toHaveProperty('side_panel')
  expect(make('chrome', { pages: [] })).not.toHaveProperty('side_panel')
})

test.each(BROWSERS)('[PACK2] %s: the shortcut is none that the browser has itself', (browser) => {
  const { commands } = make(browser) as {
    commands: Readonly<Record<string, { suggested_key?: { default: string } }>>
  }
  // Chromium goes to its bookmarks by Alt+Shift+B and never assigns that.
  expect(commands['open-panel']?.suggested_key).toEqual({ default: 'Alt+Shift+K' })
  expect(commands['pause']).not.toHaveProperty('suggested_key')
})

test('[PACK4] a build for tests has another name and the hosts that it is granted', () => {
  const hosts = ['http://127.0.0.1/*']
  const [usualOne, testOne] = [make('chrome'), make('chrome', { hosts, isTest: true })]
  expect(testOne).toEqual({ ...usualOne, name: 'Backfold (test)', host_permissions: hosts })
})

test('[PACK3] a zip tells neither when nor in what order its files were written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'backfold-zip-'))
  const write = (name: string, files: readonly string[], at: number): Uint8Array => {
    const root = join(folder, name)
    for (const file of files) {
      mkdirSync(join(root, file, '..'), { recursive: true })
      writeFileSync(join(root, file), `text of ${file}`)
      utimesSync(join(root, file), at, at)
    }
    return zipFolder(root)
  }
  const files = ['b.js', 'a/z.js', 'a.js', 'Z.html']
  const one = write('one', files, 1_000_000_000)
  const other = write('other', files.toReversed(), 1_700_000_000)
  expect(Buffer.compare(one, other)).toBe(0)
  expect(Object.keys(unzipSync(one))).toEqual(['Z.html', 'a.js', 'a/z.js', 'b.js'])
  rmSync(folder, { recursive: true })
})
