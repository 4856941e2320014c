import fc from 'fast-check'
import { expect, test } from 'vitest'
import { USUAL_SETTINGS, USUAL_SITE } from '../../../../extension/settings/extension-settings.ts'
import {
  readOrigin,
  readSettings,
  siteSettingsOf,
} from '../../../../extension/settings/read-settings.ts'
import { createSettingsStore } from '../../../../extension/settings/settings-store.ts'
import { fakeStorage } from './fake-storage.ts'

const SITE = 'https://chatgpt.com'

test('[GRANT1] whatever is stored, settings come of it, and reading them again changes nothing', () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.record(
      {
        sites: fc.dictionary(
          fc.oneof(fc.string(), fc.webUrl(), fc.constant(SITE)),
          fc.oneof(
            fc.anything(),
            fc.record(
              {
                isOn: fc.anything(),
                pillAt: fc.anything(),
                windows: fc.dictionary(fc.string(), fc.anything()),
                summarisers: fc.oneof(fc.anything(), fc.array(fc.string())),
              },
              { requiredKeys: [] },
            ),
          ),
        ),
        thresholds: fc.oneof(fc.anything(), fc.record({ warn: fc.double(), urgent: fc.double() })),
        isPaused: fc.anything(),
      },
      { requiredKeys: [] },
    ),
  )
  fc.assert(
    fc.property(anything, (stored) => {
      const read = readSettings(stored)
      expect(readSettings(JSON.parse(JSON.stringify(read)))).toEqual(read)
      expect(read.thresholds.warn).toBeLessThanOrEqual(read.thresholds.urgent)
      expect(Object.keys(read.sites).every((origin) => readOrigin(origin) === origin)).toBe(true)
    }),
  )
})

test('[GRANT1] each field that makes no sense has its usual value, and the others stay', () => {
  const sites = {
    [SITE]: {
      isOn: 'yes',
      pill: false,
      pillAt: { x: 2, y: 0 },
      windows: { 'gpt-5': 400_000, small: 1, odd: 'x', '': 32_000, half: 1000.5 },
      summarisers: ['a', 1, 'b'],
    },
    'https://chatgpt.com/path': {},
    'file:///etc': {},
    'javascript:alert(1)': {},
  }
  const read = readSettings({ sites, thresholds: { warn: 0.9, urgent: 0.2 }, isPaused: 1 })
  expect(read).toEqual({
    ...USUAL_SETTINGS,
    sites: {
      [SITE]: {
        ...USUAL_SITE,
        pill: false,
        windows: { 'gpt-5': 400_000, '': 32_000 },
        summarisers: ['a', 'b'],
      },
    },
  })
  const many = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, at) => [`https://a${at}.test`, {}] as const),
  )
  expect(Object.keys(readSettings({ sites: many }).sites)).toHaveLength(1_000)
})

test('[GRANT2] nothing is done on a site that nobody enabled', () => {
  expect(siteSettingsOf(USUAL_SETTINGS, SITE).isOn).toBe(false)
  expect(siteSettingsOf(USUAL_SETTINGS, '__proto__').isOn).toBe(false)
  const enabled = { ...USUAL_SETTINGS, sites: { [SITE]: USUAL_SITE } }
  expect(siteSettingsOf(enabled, SITE)).toEqual(USUAL_SITE)
  expect(siteSettingsOf(enabled, 'http://chatgpt.com').isOn).toBe(false)
})

test('[GRANT3] of many who write at the same time nobody takes back what another wrote', async () => {
  const world = fakeStorage()
  const stores = [createSettingsStore(world), createSettingsStore(world)]
  await Promise.all([
    ...stores.map((store, at) => store.patchSite(SITE, { windows: { '': 1_000 + at } })),
    stores[0]?.patchSite(SITE, { pill: false }),
    stores[1]?.patchSite(SITE, { rescues: false }),
    stores[0]?.patchSite('https://claude.ai', { isOn: true }),
    stores[1]?.patch({ isPaused: true }),
    stores[0]?.patch({ thresholds: { warn: 0.5, urgent: 0.6 } }),
    stores[0]?.patchSite('not an origin', { isOn: true }),
  ])
  expect(await stores[0]?.read()).toEqual({
    sites: {
      [SITE]: { ...USUAL_SITE, pill: false, rescues: false, windows: { '': 1_001 } },
      'https://claude.ai': USUAL_SITE,
    },
    thresholds: { warn: 0.5, urgent: 0.6 },
    isPaused: true,
    isIntroduced: false,
  })
  await stores[0]?.forgetSite(SITE)
  expect(Object.keys((await stores[1]?.read())?.sites ?? {})).toEqual(['https://claude.ai'])
})

test('[GRANT4] a change is heard, until the listener stops', async () => {
  const world = fakeStorage()
  const heard: boolean[] = []
  const stop = createSettingsStore(world).onChange(({ isPaused }) => heard.push(isPaused))
  const other = createSettingsStore(world)
  await other.patch({ isPaused: true })
  stop()
  await other.patch({ isPaused: false })
  expect(heard).toEqual([true])
})
