import { expect, test } from 'vitest'
import { USUAL_SETTINGS, USUAL_SITE } from '../../../../extension/settings/extension-settings.ts'
import type { ExtensionSettings } from '../../../../extension/settings/extension-settings.ts'
import {
  diffRegistrations,
  enabledOrigins,
  REGISTERED,
  wantedRegistrations,
  type Registration,
} from '../../../../extension/background/registrations.ts'
import { heldSettings } from '../../../../extension/settings/held-settings.ts'
import { createRegistrar } from '../../../../extension/background/sync-registrations.ts'

function settingsWith(sites: Readonly<Record<string, boolean>>): ExtensionSettings {
  const entries = Object.entries(sites).map(
    ([origin, isOn]) => [origin, { ...USUAL_SITE, isOn }] as const,
  )
  return { ...USUAL_SETTINGS, sites: Object.fromEntries(entries) }
}

/** What a browser has registered; it refuses what is registered already, and unknown ids. */
function browser(granted: readonly string[]) {
  const registered = new Map<string, Registration>()
  const calls: string[] = []
  return {
    registered,
    calls,
    granted: new Set(granted),
    world(): Parameters<typeof createRegistrar>[1] {
      return {
        isGranted: async (pattern) => this.granted.has(pattern),
        registered: async () => [...registered.values()],
        async register(scripts) {
          calls.push('register')
          for (const script of scripts) {
            if (registered.has(script.id)) throw new Error(`Duplicate script ID ${script.id}`)
            registered.set(script.id, script)
          }
        },
        async unregister(ids) {
          calls.push('unregister')
          for (const id of ids) {
            if (!registered.delete(id)) throw new Error(`Nonexistent script ID ${id}`)
          }
        },
      }
    },
  }
}

test('[GRANT7] scripts are those of the sites that are enabled, one pair for each host', () => {
  const settings = settingsWith({
    'https://b.test': true,
    'https://a.test': true,
    'https://c.test': false,
    'http://127.0.0.1:3000': true,
    'http://127.0.0.1:4000': true,
  })
  const wanted = wantedRegistrations(enabledOrigins(settings))
  expect(wanted.map(({ matches, js, world }) => [...matches, ...js, world].join(' '))).toEqual([
    'http://127.0.0.1/* page.js MAIN',
    'http://127.0.0.1/* bridge.js ISOLATED',
    'https://a.test/* page.js MAIN',
    'https://a.test/* bridge.js ISOLATED',
    'https://b.test/* page.js MAIN',
    'https://b.test/* bridge.js ISOLATED',
  ])
  expect(new Set(wanted.map(({ id }) => id)).size).toBe(wanted.length)
  expect(REGISTERED).toEqual({
    runAt: 'document_start',
    allFrames: true,
    matchOriginAsFallback: true,
    persistAcrossSessions: true,
  })
  expect(enabledOrigins({ ...settings, isPaused: true })).toEqual(enabledOrigins(settings))
})

test('[GRANT8] only what differs is touched', () => {
  const a = wantedRegistrations(['https://a.test'])
  const b = wantedRegistrations(['https://b.test'])
  expect(diffRegistrations([], a)).toEqual({ remove: [], add: a })
  expect(diffRegistrations(a, a)).toEqual({ remove: [], add: [] })
  expect(diffRegistrations([...a, ...b], a)).toEqual({ remove: b.map(({ id }) => id), add: [] })
  const former = a.map((script) => ({ ...script, js: ['former.js'] }))
  expect(diffRegistrations(former, a)).toEqual({ remove: a.map(({ id }) => id), add: a })
})

test('[GRANT7, GRANT8] calls at the same time register nothing twice, and revoking unregisters', async () => {
  const one = browser(['https://a.test/*', 'https://b.test/*'])
  const settings = settingsWith({
    'https://a.test': true,
    'https://b.test': true,
    'https://never.test': true,
  })
  const register = createRegistrar({ read: async () => settings }, one.world())
  await Promise.all([register(), register(), register()])
  expect([...one.registered.keys()]).toHaveLength(4)
  expect(one.calls).toEqual(['register'])
  one.granted.delete('https://b.test/*')
  await register()
  expect([...one.registered.values()].flatMap(({ matches }) => matches)).toEqual([
    'https://a.test/*',
    'https://a.test/*',
  ])
})

test('[GRANT7, GRANT8] a host that a browser does not take keeps no other from being registered', async () => {
  const one = browser(['https://a.test/*', 'https://odd.test/*', 'https://b.test/*'])
  const sites = { 'https://a.test': true, 'https://odd.test': true, 'https://b.test': true }
  const world = one.world()
  const register = createRegistrar(
    { read: async () => settingsWith({ ...sites, 'https://unknown.test': true }) },
    world && {
      ...world,
      async isGranted(pattern) {
        if (pattern.includes('unknown')) throw new Error('Invalid pattern')
        return world.isGranted(pattern)
      },
      async register(scripts) {
        if (scripts.some(({ id }) => id.includes('odd'))) throw new Error('Invalid pattern')
        await world.register(scripts)
      },
    },
  )
  await register()
  expect(one.registered.size).toBe(4)
})

test('[GRANT12] a site whose permission was taken back counts as off, and all else stays as it is', async () => {
  const settings = settingsWith({
    'https://a.test': true,
    'https://b.test': true,
    'https://c.test': false,
  })
  const held = await heldSettings(settings, async (pattern) => pattern !== 'https://b.test/*')
  expect(held).toEqual(
    settingsWith({ 'https://a.test': true, 'https://b.test': false, 'https://c.test': false }),
  )
})

test('[GRANT8] what another context registered meanwhile is no harm', async () => {
  const one = browser(['https://a.test/*'])
  const settings = settingsWith({ 'https://a.test': true })
  const world = one.world()
  let isFirst = true
  const register = createRegistrar(
    { read: async () => settings },
    world && {
      ...world,
      async registered() {
        const found = await world.registered()
        if (isFirst) await world.register(wantedRegistrations(['https://a.test']))
        isFirst = false
        return found
      },
    },
  )
  await register()
  expect([...one.registered.keys()]).toHaveLength(2)
})
