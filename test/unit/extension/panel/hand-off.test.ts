import { expect, test } from 'vitest'
import { carryOver, prepareHandOff } from '../../../../extension/panel/hand-off.ts'
import type { PanelWorld } from '../../../../extension/panel/world.ts'
import { USUAL_SETTINGS, USUAL_SITE } from '../../../../extension/settings/extension-settings.ts'
import type { FillOutcome } from '../../../../extension/wire/bridge-wire.ts'
import type { SessionState } from '../../../../src/protocol/events.ts'

const ORIGIN = 'https://claude.ai'
const TARGET = { site: 'claude', name: 'Claude', url: `${ORIGIN}/new`, origin: ORIGIN } as const

type Preparable = Parameters<typeof prepareHandOff>[0]

function fakeSession(
  at: { generation?: number; candidate?: number | null; context?: number },
  outcome: object = { kind: 'ready' },
): { readonly session: Preparable; readonly done: string[] } {
  const { generation = 0, candidate = null, context = 50_000 } = at
  const state = { generation, candidate, tokens: { context } } as SessionState
  const done: string[] = []
  const session = {
    state: { get: () => state, subscribe: () => () => {} },
    compact: async () => {
      done.push('compact')
      return outcome
    },
    apply: async () => {
      done.push('apply')
      return { kind: 'applied', generation: 1 }
    },
    markdown: async ({ of }: { of: string }) => `of ${of}`,
  } as unknown as Preparable
  return { session, done }
}

test.each([
  ['nothing is folded and there is much', {}, { kind: 'ready' }, ['compact', 'apply'], true],
  ['the fold applied itself', {}, { kind: 'applied' }, ['compact'], true],
  ['no fold comes of it', {}, { kind: 'skipped', reason: 'nothing' }, ['compact'], false],
  ['there is little', { context: 200 }, {}, [], false],
  ['a candidate is ready', { candidate: 2, generation: 1 }, {}, ['apply'], true],
  ['it is folded', { generation: 1 }, {}, [], false],
])('[PANEL11] where %s', async (_name, at, outcome, done, isFolded) => {
  const fake = fakeSession(at, outcome)
  expect(await prepareHandOff(fake.session)).toEqual({ text: 'of context', isFolded })
  expect(fake.done).toEqual(done)
})

function fakeWorld(
  options: {
    grants?: boolean
    enabled?: boolean
    fill?: FillOutcome | Error
    copies?: boolean
  } = {},
): { readonly world: Parameters<typeof carryOver>[0]; readonly done: unknown[] } {
  const { grants = true, enabled = false, fill = { kind: 'filled', as: 'text' } } = options
  const done: unknown[] = []
  const fixed = <T>(value: T): { get: () => T; subscribe: () => () => void } => ({
    get: () => value,
    subscribe: () => () => {},
  })
  const sites = enabled ? { [ORIGIN]: USUAL_SITE } : {}
  const world = {
    granted: fixed(enabled ? [`${ORIGIN}/*`] : []),
    settings: fixed({ ...USUAL_SETTINGS, sites }),
    async enable(origin: string) {
      done.push(['enable', origin])
      return grants
    },
    async open(url: string) {
      done.push(['open', url])
      return 9
    },
    async ask(method: string, params: object) {
      done.push([method, params])
      if (fill instanceof Error) throw fill
      return fill
    },
    async copy(text: string) {
      done.push(['copy', text])
      return options.copies ?? true
    },
  } as unknown as Pick<PanelWorld, 'enable' | 'open' | 'ask' | 'copy' | 'granted' | 'settings'>
  return { world, done }
}

test('[PANEL12] a site that is not enabled is asked for before anything is opened', async () => {
  const { world, done } = fakeWorld()
  const { end, tab } = await carryOver(world, 's', 'text', { kind: 'new', target: TARGET })
  expect([end, tab]).toEqual([{ kind: 'filled', as: 'text' }, 9])
  expect(done).toEqual([
    ['enable', ORIGIN],
    ['open', TARGET.url],
    ['handOff', { from: 's', text: 'text', tab: 9, replaces: false }],
  ])
  const refused = fakeWorld({ grants: false })
  const told = await carryOver(refused.world, 's', 'text', { kind: 'new', target: TARGET })
  expect(told).toEqual({ end: { kind: 'not-allowed', origin: ORIGIN }, tab: null, isCopied: true })
  expect(refused.done).toEqual([
    ['enable', ORIGIN],
    ['copy', 'text'],
  ])
  const known = fakeWorld({ enabled: true })
  await carryOver(known.world, 's', 'text', { kind: 'new', target: TARGET })
  expect(known.done[0]).toEqual(['open', TARGET.url])
})

test('[PANEL12] what could not be filled in goes to the clipboard; what is occupied does not', async () => {
  const here = { kind: 'here', tab: 3, replaces: false } as const
  const failed = fakeWorld({ fill: { kind: 'failed', reason: 'no composer' } })
  expect(await carryOver(failed.world, 's', 't', here)).toEqual({
    end: { kind: 'failed', reason: 'no composer' },
    tab: 3,
    isCopied: true,
  })
  const thrown = fakeWorld({ fill: new Error('gone'), copies: false })
  expect(await carryOver(thrown.world, 's', 't', here)).toMatchObject({
    end: { kind: 'failed', reason: 'gone' },
    isCopied: false,
  })
  const occupied = fakeWorld({ fill: { kind: 'occupied' } })
  expect(await carryOver(occupied.world, 's', 't', here)).toMatchObject({ isCopied: false })
  expect(occupied.done).toHaveLength(1)
  await carryOver(occupied.world, 's', 't', { ...here, kind: 'there', replaces: true })
  expect(occupied.done[1]).toEqual(['handOff', { from: 's', text: 't', tab: 3, replaces: true }])
})
