import { messageCodec } from '../../../../src/adapters/message-codec.ts'
import { createBackfold, type Call } from '../../../../src/client/create-backfold.ts'
import { noPage } from '../../../../src/client/summarisers.ts'
import type { Backfold } from '../../../../src/client/session.ts'
import { createDigester } from '../../../../src/engine/digester.ts'
import { createEngine } from '../../../../src/engine/engine.ts'
import { createExaminer } from '../../../../src/engine/examiner.ts'
import { createSearcher } from '../../../../src/engine/searcher.ts'
import { createEstimatingTokeniser } from '../../../../src/models/estimating-tokeniser.ts'
import {
  createMemoryRows,
  createMemoryStore,
  type MemoryRows,
} from '../../../../src/store/memory-store.ts'
import { streamCompressor } from '../../../../src/store/stream-compressor.ts'
import { createSilentNotices } from '../../../../src/tabs/broadcast-notices.ts'
import { createLocalLeases } from '../../../../src/tabs/local-leases.ts'
import { systemClock } from '../../../../src/tabs/system-clock.ts'
import { lazyTransfers } from '../../../../src/client/lazy-transfers.ts'
import { createChats } from '../../../../extension/host/create-chats.ts'
import type { Chats } from '../../../../extension/host/chats.ts'
import {
  USUAL_SETTINGS,
  USUAL_SITE,
  type ExtensionSettings,
  type SiteSettings,
} from '../../../../extension/settings/extension-settings.ts'
import type {
  BridgeForHost,
  BridgeSettings,
  FillOutcome,
  GaugeState,
  HostForBridge,
  PagePlace,
} from '../../../../extension/wire/bridge-wire.ts'
import type { TabState } from '../../../../extension/wire/panel-wire.ts'
import type { Handlers, Rpc } from '../../../../extension/wire/rpc.ts'

export const CHATGPT = 'https://chatgpt.com'
export const LOCAL = 'http://localhost:8080'

/** What outlives a host. */
export interface Profile {
  readonly rows: MemoryRows
  readonly memory: Map<string, string>
  settings: ExtensionSettings
}

export function createProfile(sites: Record<string, Partial<SiteSettings>> = {}): Profile {
  const on = Object.entries({ [CHATGPT]: {}, [LOCAL]: {}, ...sites })
  return {
    rows: createMemoryRows(),
    memory: new Map(),
    settings: {
      ...USUAL_SETTINGS,
      sites: Object.fromEntries(on.map(([origin, site]) => [origin, { ...USUAL_SITE, ...site }])),
    },
  }
}

export interface Host {
  readonly chats: Chats
  readonly backfold: Backfold
  readonly call: Call
  readonly told: TabState[]
  readonly gone: number[]
  readonly patches: (readonly [string, Partial<SiteSettings>])[]
  set(origin: string, site: Partial<SiteSettings>): void
  open(is: boolean): void
  /** Fails the next call of a method, before or after it was carried out. */
  breakNext(method: string, when: 'before' | 'after'): void
  calls(method: string): number
}

/** A host over an engine in memory, with the time of this machine. */
export function startHost(profile: Profile = createProfile()): Host {
  const store = createMemoryStore(profile.rows)
  const tokeniser = createEstimatingTokeniser()
  const searcher = createSearcher(store, tokeniser)
  const random = { id: () => crypto.randomUUID() }
  const page = noPage()
  const engine = createEngine(
    {
      ...{ store, tokeniser, random, searcher },
      leases: createLocalLeases(),
      notices: createSilentNotices(),
      clock: systemClock,
      compressor: streamCompressor,
      digester: createDigester({ store, tokeniser, compressor: streamCompressor }),
      examiner: createExaminer(store, searcher),
      extractors: [],
      codec: messageCodec,
      transfers: lazyTransfers({ store, tokeniser, random, clock: systemClock }),
    },
    (signal) => {
      created.tell(signal)
      chats.signal(signal)
    },
  )
  const created = createBackfold(engine.handle, random.id, engine.close, page)
  const counts = new Map<string, number>()
  let broken: { readonly method: string; readonly when: string } | undefined
  const call: Call = async (method, params) => {
    counts.set(method, (counts.get(method) ?? 0) + 1)
    const isBroken = broken?.method === method ? broken.when : undefined
    if (isBroken) broken = undefined
    if (isBroken === 'before') throw new Error('the worker died')
    const result = await engine.handle(method, params)
    if (isBroken === 'after') throw new Error('the worker died')
    return result
  }
  let isOpen = true
  const waiting: (() => void)[] = []
  const told: TabState[] = []
  const gone: number[] = []
  const patches: (readonly [string, Partial<SiteSettings>])[] = []
  const chats = createChats({
    backfold: async () => {
      if (!isOpen) await new Promise<void>((resolve) => waiting.push(resolve))
      return created.backfold
    },
    isOpen: () => isOpen,
    call,
    settings: () => profile.settings,
    patchSite: (origin, patch) => patches.push([origin, patch]),
    memory: {
      get: async (name) => profile.memory.get(name) ?? null,
      set: async (name, value) => {
        if (value === null) profile.memory.delete(name)
        else profile.memory.set(name, value)
      },
    },
    now: () => Date.now(),
    after(ms, callback) {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
    newId: random.id,
    onTab: (state) => told.push(state),
    onTabGone: (tab) => gone.push(tab),
    onRequests() {},
  })
  return {
    ...{ chats, call, told, gone, patches },
    backfold: created.backfold,
    set(origin, site) {
      const { sites } = profile.settings
      const own = { ...(sites[origin] ?? USUAL_SITE), ...site }
      profile.settings = { ...profile.settings, sites: { ...sites, [origin]: own } }
      chats.refresh()
    },
    open(is) {
      isOpen = is
      if (is) for (const go of waiting.splice(0)) go()
    },
    breakNext: (method, when) => void (broken = { method, when }),
    calls: (method) => counts.get(method) ?? 0,
  }
}

export interface Bridge {
  readonly ask: Handlers<HostForBridge>['requests']
  readonly tell: Handlers<HostForBridge>['notices']
  readonly gauges: (GaugeState | null)[]
  readonly settings: BridgeSettings[]
  readonly filled: BridgeForHost['requests']['fill']['params'][]
  readonly revealed: string[]
  leave(): void
}

export interface BridgeOptions {
  readonly tab?: number
  readonly origin?: string
  readonly isIncognito?: boolean
  readonly fill?: () => Promise<FillOutcome>
}

/** A bridge that says nothing yet. */
export function meet(
  { chats }: Pick<Host, 'chats'>,
  { tab = 1, origin = CHATGPT, isIncognito = false, fill }: BridgeOptions = {},
): Bridge {
  const gauges: (GaugeState | null)[] = []
  const settings: BridgeSettings[] = []
  const filled: BridgeForHost['requests']['fill']['params'][] = []
  const revealed: string[] = []
  const ask = async (method: string, params: unknown): Promise<unknown> => {
    if (method === 'reveal') {
      revealed.push((params as { turn: string }).turn)
      return true
    }
    filled.push(params as (typeof filled)[number])
    return fill ? fill() : { kind: 'filled', as: 'text' }
  }
  const tell = (notice: string, payload: unknown): void => {
    if (notice === 'gauge') gauges.push(payload as GaugeState | null)
    else settings.push(payload as BridgeSettings)
  }
  const rpc = { ask, tell, close() {} } as unknown as Rpc<BridgeForHost>
  const { handlers, left } = chats.meet({ tab, origin, isIncognito, rpc })
  return {
    ...{ gauges, settings, filled, revealed },
    ask: handlers.requests,
    tell: handlers.notices,
    leave: left,
  }
}

export function at(conversation: string | null, more: Partial<PagePlace> = {}): PagePlace {
  return {
    url: `${CHATGPT}/c/${conversation ?? ''}`,
    title: 'A chat',
    site: 'chatgpt',
    conversation,
    isTemporary: false,
    isTop: true,
    ...more,
  }
}

/** A page of a self-hosted chat. */
export const HERE: PagePlace = at(null, { url: `${LOCAL}/`, site: null })

export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5))
}
