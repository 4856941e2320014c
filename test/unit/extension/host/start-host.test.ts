import { expect, test } from 'vitest'
import { openEngine } from '../../../../src/client/open-engine.ts'
import { USUAL_SETTINGS, USUAL_SITE } from '../../../../extension/settings/extension-settings.ts'
import type { BridgePeer, Chats, ChatsWorld } from '../../../../extension/host/chats.ts'
import { startHost, type ConnectedPort } from '../../../../extension/host/start-host.ts'
import type { BridgeForHost, HostForBridge } from '../../../../extension/wire/bridge-wire.ts'
import type { HostTold } from '../../../../extension/wire/host-link.ts'
import { createRpc } from '../../../../extension/wire/rpc.ts'
import { runtimeWire } from '../../../../extension/wire/runtime-wire.ts'
import type { Sender } from '../../../../extension/wire/sender.ts'
import { fakePorts, type FakePort } from '../wire/fake-port.ts'

const own = { id: 'abc', root: 'chrome-extension://abc/' }
const page: Sender = {
  id: 'abc',
  url: 'https://a.test/x',
  origin: 'https://a.test',
  tab: { id: 7, incognito: true },
}
const panel: Sender = { id: 'abc', url: `${own.root}panel.html` }
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2))

/** A host with chats that only note what happens to them. */
function scene() {
  const peers: BridgePeer[] = []
  const notes: string[] = []
  const timers: (() => void)[] = []
  let connect: (port: ConnectedPort) => void = () => {}
  let tell: (told: HostTold) => void = () => {}
  let settled: (settings: typeof USUAL_SETTINGS) => void = () => {}
  let now = 0
  let world: ChatsWorld | undefined
  const none = async (): Promise<never> => {
    throw new Error('not of interest')
  }
  startHost({
    own,
    link: {
      readSettings: () => new Promise((resolve) => (settled = resolve)),
      readLadder: async () => [],
      writeSite: (origin) => notes.push(`write ${origin}`),
      badge: (tab, share, level) => notes.push(`badge ${tab} ${share} ${level}`),
      onTold: (listener) => (tell = listener),
    },
    onConnect: (listener) => (connect = listener),
    archive: {
      vault: null,
      protection: async () => 'absent',
      open: async () => {
        notes.push('opened')
        return { backfold: await openEngine(), call: async () => [] as never }
      },
    },
    memory: { get: async () => null, set: async () => {} },
    allowChoices: async (ladder) => ladder,
    now: () => now,
    after(_ms, callback) {
      timers.push(callback)
      return () => {}
    },
    newId: () => 'id',
    close: () => notes.push('closed'),
    createChats(given): Chats {
      world = given
      return {
        meet(peer) {
          peers.push(peer)
          return {
            handlers: {
              requests: {
                hello: async () => ({ site: USUAL_SITE, isPaused: given.settings().isPaused }),
                plan: none,
                rescue: none,
                answer: none,
                observed: none,
                captured: none,
              },
              notices: { place() {}, health() {}, window() {}, ping() {}, pill() {} },
            },
            left: () => void notes.push('left'),
          }
        },
        tabs: () => [],
        requests: () => [],
        bodies: () => null,
        undo: none,
        handOff: none,
        reveal: none,
        refresh: () => notes.push('refresh'),
        signal() {},
      }
    },
  })
  return {
    peers,
    notes,
    told: (told: HostTold) => tell(told),
    settled: (settings: typeof USUAL_SETTINGS) => settled(settings),
    world: () => world,
    open(name: string, sender: Sender | undefined): FakePort {
      const [here, there] = fakePorts()
      connect(Object.assign(there, { name, sender }))
      return here
    },
    async minutes(count: number) {
      for (let minute = 0; minute < count; minute += 1) {
        now += 60_000
        timers.splice(0).forEach((callback) => callback())
        await settle()
      }
    },
  }
}

test('[HOST9] a port of anybody else is closed, whatever its name', () => {
  const host = scene()
  const foreign: Sender = { ...page, id: 'xyz' }
  expect(host.open('backfold:panel', panel).isOpen()).toBe(true)
  expect(host.open('backfold:bridge', page).isOpen()).toBe(true)
  expect(host.open('backfold:panel', page).isOpen()).toBe(false)
  expect(host.open('backfold:bridge', panel).isOpen()).toBe(false)
  expect(host.open('backfold:panel', foreign).isOpen()).toBe(false)
  expect(host.open('backfold:bridge', foreign).isOpen()).toBe(false)
  expect(host.open('other', panel).isOpen()).toBe(false)
  expect(host.open('backfold:bridge', undefined).isOpen()).toBe(false)
  expect(host.peers.map(({ tab, origin, isIncognito }) => ({ tab, origin, isIncognito }))).toEqual([
    { tab: 7, origin: 'https://a.test', isIncognito: true },
  ])
})

test('[HOST9] a bridge is greeted once the settings are known, and chats hear when it leaves', async () => {
  const host = scene()
  const port = host.open('backfold:bridge', page)
  const rpc = createRpc<BridgeForHost, HostForBridge>(runtimeWire(port), {
    requests: {
      fill: async () => ({ kind: 'occupied' }),
      reveal: async () => false,
    },
    notices: { settings() {}, gauge() {} },
  })
  let answered: unknown
  void rpc.ask('hello', {} as never).then((answer) => (answered = answer))
  await settle()
  expect(answered).toBe(undefined)
  host.settled({ ...USUAL_SETTINGS, isPaused: true })
  await settle()
  expect(answered).toMatchObject({ isPaused: true })
  expect(await host.peers[0]?.rpc.ask('fill', { text: 'x', replaces: false })).toEqual({
    kind: 'occupied',
  })
  host.told({ to: 'host', kind: 'settings', settings: USUAL_SETTINGS })
  expect(host.world()?.settings().isPaused).toBe(false)
  port.disconnect()
  expect(host.notes).toContain('left')
  expect(host.notes).not.toContain('opened')
})

test('[HOST12] it stays while anybody is connected, and closes ten minutes after', async () => {
  const host = scene()
  await settle()
  const port = host.open('backfold:bridge', page)
  await host.minutes(30)
  expect(host.notes).not.toContain('closed')
  port.disconnect()
  await host.minutes(9)
  expect(host.notes).not.toContain('closed')
  await host.minutes(1)
  expect(host.notes).toContain('closed')
})

test('[HOST2] the badge of a tab is how full its chat is, nothing for a temporary one, and told when it changes', () => {
  const host = scene()
  const state = {
    tab: 7,
    origin: 'https://a.test',
    title: '',
    site: null,
    kind: 'hosted' as const,
    session: null,
    isTemporary: false,
    isPaused: false,
    gauge: {
      tokens: 50,
      overhead: 0,
      window: 200,
      windowFrom: 'known' as const,
      model: null,
      level: 'ok' as const,
      folded: null,
      isFolding: false,
    },
    health: { state: 'ok' as const, layer: '', detail: '' },
  }
  for (let times = 0; times < 3; times += 1) host.world()?.onTab(state)
  host.world()?.onTab({ ...state, isTemporary: true })
  host.world()?.onTab({ ...state, gauge: null })
  host.world()?.onTab({ ...state, gauge: { ...state.gauge, tokens: 190, level: 'urgent' } })
  host.world()?.onTabGone(7)
  host.world()?.onTabGone(8)
  expect(host.notes).toEqual([
    'badge 7 0.25 ok',
    'badge 7 null ok',
    'badge 7 0.95 urgent',
    'badge 7 null ok',
  ])
})
