import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  FIRST_CHOICE,
  isGranted,
  noticesOf,
  originOf,
  readTokens,
  stepPanel,
  tabsOf,
  targetsOf,
  viewOf,
  withWindow,
  type PanelFacts,
} from '../../../../extension/panel/panel-core.ts'
import {
  USUAL_SETTINGS,
  USUAL_SITE,
  type ExtensionSettings,
} from '../../../../extension/settings/extension-settings.ts'
import type { SiteFacts } from '../../../../extension/sites/site.ts'
import type { TabState } from '../../../../extension/wire/panel-wire.ts'

const ORIGIN = 'https://chat.example.com'
const SETTINGS: ExtensionSettings = { ...USUAL_SETTINGS, sites: { [ORIGIN]: USUAL_SITE } }
const CHAT: TabState = {
  tab: 1,
  origin: ORIGIN,
  title: 'A chat',
  site: 'chatgpt',
  kind: 'hosted',
  session: 's',
  isTemporary: false,
  isPaused: false,
  gauge: null,
  health: { state: 'ok', layer: 'response', detail: '' },
}
const FACTS: PanelFacts = {
  settings: SETTINGS,
  granted: [`${ORIGIN}/*`],
  host: { status: 'open', reason: '', archive: 'open' },
  shown: { tab: 1, title: '', place: { kind: 'page', origin: ORIGIN } },
  tabs: [CHAT],
  isPrivate: false,
}
const off = { ...SETTINGS, sites: { [ORIGIN]: { ...USUAL_SITE, isOn: false } } }

test.each<readonly [string, Partial<PanelFacts>, string]>([
  ['a chat', {}, 'chat'],
  ['no host any more', { host: { status: 'lost', reason: 'r', archive: 'open' } }, 'lost'],
  ['a host that starts', { host: { ...FACTS.host, status: 'connecting' } }, 'connecting'],
  ['settings not read yet', { settings: null }, 'connecting'],
  ['permissions not read yet', { granted: null }, 'connecting'],
  ['no tab', { shown: null }, 'nowhere'],
  [
    'a page of the browser',
    { tabs: [], shown: { tab: 1, title: '', place: { kind: 'other' } } },
    'nowhere',
  ],
  [
    'a page that is not told',
    { tabs: [], shown: { tab: 1, title: '', place: { kind: 'hidden' } } },
    'hidden',
  ],
  ['a site that nobody enabled', { tabs: [], settings: USUAL_SETTINGS }, 'no-access'],
  ['a site that is not allowed any more', { tabs: [], granted: [] }, 'no-access'],
  ['a page from before', { tabs: [] }, 'stale'],
  ['a site that is off', { settings: off }, 'off'],
  ['a site that is off, without a bridge', { tabs: [], settings: off }, 'off'],
  ['a locked archive', { host: { ...FACTS.host, archive: 'locked' } }, 'locked'],
  ['a private window', { isPrivate: true }, 'private'],
  ['a private window without a bridge', { isPrivate: true, tabs: [] }, 'private'],
  [
    'a chat while all is paused',
    { tabs: [{ ...CHAT, session: null }], settings: { ...SETTINGS, isPaused: true } },
    'paused',
  ],
  ['nothing seen yet', { tabs: [{ ...CHAT, session: null }] }, 'nothing-yet'],
])('[PANEL1] of %s', (_name, patch, kind) => {
  expect(viewOf({ ...FACTS, ...patch }).kind).toBe(kind)
})

test('[PANEL2] a temporary chat is one whatever else is known of it', () => {
  const temporary = { ...CHAT, isTemporary: true }
  for (const archive of ['open', 'locked'] as const) {
    for (const session of ['s', null]) {
      const facts = {
        ...FACTS,
        tabs: [{ ...temporary, session }],
        host: { ...FACTS.host, archive },
      }
      expect(viewOf(facts)).not.toHaveProperty('session')
      expect(viewOf(facts).kind).toBe('temporary')
    }
  }
})

test('[PANEL3] a pattern of the host or a wider one allows an origin, another does not', () => {
  expect(isGranted(['https://chat.example.com/*'], ORIGIN)).toBe(true)
  expect(isGranted(['https://*/*'], ORIGIN)).toBe(true)
  expect(isGranted(['*://*/*'], ORIGIN)).toBe(true)
  expect(isGranted(['http://127.0.0.1/*'], 'http://127.0.0.1:8080')).toBe(true)
  expect(isGranted(['http://*/*'], ORIGIN)).toBe(false)
  expect(isGranted(['https://example.com/*'], ORIGIN)).toBe(false)
  expect(isGranted([], ORIGIN)).toBe(false)
})

test('[PANEL4] what a person has to know comes first, the weightiest at the top', () => {
  const view = (patch: Partial<TabState>): ReturnType<typeof viewOf> =>
    viewOf({ ...FACTS, tabs: [{ ...CHAT, ...patch }] })
  const health = (state: TabState['health']['state']): TabState['health'] => ({
    ...CHAT.health,
    state,
  })
  const paused = { ...SETTINGS, isPaused: true }
  const silent = { ...paused, sites: { [ORIGIN]: { ...USUAL_SITE, archives: false } } }
  expect(noticesOf(view({}), SETTINGS)).toEqual([])
  expect(noticesOf(view({ health: health('none') }), silent)).toEqual([
    'paused',
    'unrecognised',
    'not-archived',
  ])
  expect(noticesOf(view({ health: health('fallback') }), SETTINGS)).toEqual(['fallback'])
  expect(noticesOf(view({ health: health('partial') }), SETTINGS)).toEqual(['partial'])
  // A page that sends whole histories needs no adapter.
  expect(noticesOf(view({ kind: 'whole', health: health('none') }), SETTINGS)).toEqual([])
  expect(noticesOf({ kind: 'nowhere' }, paused)).toEqual(['paused'])
  expect(noticesOf({ kind: 'connecting' }, null)).toEqual([])
})

test('[PANEL5] only pages that send whole histories have requests to show', () => {
  expect(tabsOf({ kind: 'hosted' })).not.toContain('requests')
  expect(tabsOf({ kind: 'whole' })).toContain('requests')
})

test('[PANEL6] a message that is asked for is shown, also twice; another chat ends a hand-off', () => {
  const once = stepPanel(FIRST_CHOICE, { type: 'message', seq: 7 })
  expect(once).toMatchObject({ screen: 'main', tab: 'messages', target: { seq: 7 } })
  expect(stepPanel(once, { type: 'message', seq: 7 }).target).not.toEqual(once.target)
  const handing = stepPanel(once, { type: 'screen', screen: 'hand-off' })
  expect(stepPanel(handing, { type: 'other-chat' })).toMatchObject({ screen: 'main', target: null })
  const listing = stepPanel(once, { type: 'screen', screen: 'chats' })
  expect(stepPanel(listing, { type: 'other-chat' }).screen).toBe('chats')
  expect(stepPanel(once, { type: 'tab', tab: 'context' }).tab).toBe('context')
})

test('[PANEL7] the own site comes first, the others by name; only new chats are opened', () => {
  const site = (id: SiteFacts['id'], name: string, newChatUrl: string): SiteFacts => ({
    id,
    name,
    newChatUrl,
    hosts: [],
    composer: [],
    overheadTokens: 0,
    windows: {},
  })
  const sites = [
    site('grok', 'Grok', 'https://grok.com/'),
    site('claude', 'Claude', 'https://claude.ai/new'),
    site('gemini', 'Broken', 'chrome://settings'),
  ]
  expect(targetsOf(sites, 'grok').map(({ name }) => name)).toEqual(['Grok', 'Claude'])
  expect(targetsOf(sites, null)).toEqual([
    { site: 'claude', name: 'Claude', url: 'https://claude.ai/new', origin: 'https://claude.ai' },
    { site: 'grok', name: 'Grok', url: 'https://grok.com/', origin: 'https://grok.com' },
  ])
})

test('[PANEL8] an address is read as its origin, and no text throws', () => {
  expect(originOf(' chatgpt.com ')).toBe('https://chatgpt.com')
  expect(originOf('http://127.0.0.1:8080/chat?a=1')).toBe('http://127.0.0.1:8080')
  expect(originOf('HTTPS://Claude.AI/x')).toBe('https://claude.ai')
  for (const none of ['', 'chrome://settings', 'file:///a', 'about:blank', 'https://', 'a b']) {
    expect(originOf(none), none).toBeNull()
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => {
      const origin = originOf(typed)
      if (origin !== null) expect(new URL(origin).origin).toBe(origin)
    }),
  )
})

test('[PANEL9] tokens are read as people write them', () => {
  expect(readTokens('128000')).toBe(128_000)
  expect(readTokens(' 128,000 ')).toBe(128_000)
  expect(readTokens('128k')).toBe(128_000)
  expect(readTokens('1.5M')).toBe(1_500_000)
  for (const none of ['', '0', '12', 'k', '1e9', '-5k', '9999M', '1..5k', 'abc', '1'.repeat(1e5)]) {
    expect(readTokens(none), none.slice(0, 20)).toBeNull()
  }
})

test('[PANEL9] a window is set and given back without touching those of others', () => {
  const windows = { '': 8_000, 'gpt-5': 400_000 }
  expect(withWindow(windows, 'gpt-5', 128_000)).toEqual({ '': 8_000, 'gpt-5': 128_000 })
  expect(withWindow(windows, 'gpt-5', null)).toEqual({ '': 8_000 })
  expect(withWindow(windows, 'other', null)).toEqual(windows)
})
