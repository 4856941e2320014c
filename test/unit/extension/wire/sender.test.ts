import { expect, test } from 'vitest'
import { readBackgroundMessage } from '../../../../extension/background/read-message.ts'
import { originOf, type Sender } from '../../../../extension/wire/sender.ts'

const own = { id: 'abc', root: 'chrome-extension://abc/' }
const tab = { id: 7, incognito: false }

test.each<readonly [string, Sender | undefined, string]>([
  ['a page of the extension', { id: 'abc', url: `${own.root}panel.html` }, 'own'],
  [
    'one in a tab',
    { id: 'abc', url: `${own.root}panel.html`, origin: own.root.slice(0, -1), tab },
    'own',
  ],
  ['the service worker', { id: 'abc', url: `${own.root}service-worker.js` }, 'own'],
  [
    'a content script',
    { id: 'abc', url: 'https://a.test/x', origin: 'https://a.test', tab },
    'page',
  ],
  [
    'a content script of a browser that tells no origin',
    { id: 'abc', url: 'https://a.test/x', tab },
    'page',
  ],
  [
    'a frame without an address of its own',
    { id: 'abc', url: 'about:blank', origin: 'https://a.test', tab },
    'page',
  ],
  ['another extension', { id: 'xyz', url: `${own.root}panel.html` }, 'unknown'],
  ['a web page', { url: 'https://a.test/', origin: 'https://a.test', tab }, 'unknown'],
  [
    'an address of ours in another origin',
    { id: 'abc', url: `${own.root}panel.html`, origin: 'https://a.test' },
    'unknown',
  ],
  ['a sandboxed frame', { id: 'abc', url: 'https://a.test/', origin: 'null', tab }, 'unknown'],
  [
    'an address that only begins like ours',
    { id: 'abc', url: 'chrome-extension://abcd/x', tab },
    'unknown',
  ],
  ['a file', { id: 'abc', url: 'file:///etc/passwd', tab }, 'unknown'],
  [
    'a page without a tab',
    { id: 'abc', url: 'https://a.test/', origin: 'https://a.test' },
    'unknown',
  ],
  ['nobody', undefined, 'unknown'],
])('[RPC3] %s', (_what, sender, kind) => {
  expect(originOf(sender, own).kind).toBe(kind)
})

test('[RPC3] a frame has the tab, the origin and the privacy that the browser says', () => {
  const sender = {
    id: 'abc',
    url: 'https://claims.test/',
    origin: 'https://real.test',
    frameId: 3,
    tab: { id: 9, incognito: true },
  }
  expect(originOf(sender, own)).toEqual({
    kind: 'page',
    tab: 9,
    frame: 3,
    origin: 'https://real.test',
    isIncognito: true,
  })
})

test('[RPC4] a content script may ask for the host and the panel, and nothing else', () => {
  const page = originOf({ id: 'abc', url: 'https://a.test/', origin: 'https://a.test', tab }, own)
  const ours = originOf({ id: 'abc', url: `${own.root}offscreen.html` }, own)
  const kinds = ['ensure-host', 'open-panel', 'read-settings', 'read-ladder', 'write-site', 'badge']
  const asked = (kind: string, from: typeof page): boolean =>
    readBackgroundMessage({ to: 'background', kind }, from) !== null
  expect(kinds.filter((kind) => asked(kind, page))).toEqual(['ensure-host', 'open-panel'])
  expect(kinds.filter((kind) => asked(kind, ours))).toEqual(kinds)
  expect(kinds.filter((kind) => asked(kind, { kind: 'unknown' }))).toEqual([])
  for (const message of [null, 1, {}, { to: 'host', kind: 'settings' }, { to: 'background' }]) {
    expect(readBackgroundMessage(message, ours)).toBe(null)
  }
})
