import { createValue, type Value } from '../../extension/panel/value.ts'
import type { PanelWorld, HostState, ShownTab } from '../../extension/panel/world.ts'
import {
  USUAL_SETTINGS,
  USUAL_SITE,
  type ExtensionSettings,
} from '../../extension/settings/extension-settings.ts'
import type { SiteFacts } from '../../extension/sites/site.ts'
import type { HostForPanel, TabState } from '../../extension/wire/panel-wire.ts'
import { createKeep } from '../../src/app/keep/keep.ts'
import { createKeptKeys } from '../../src/app/run/kept-keys.ts'
import { createSummariserLadder } from '../../src/app/run/summariser-ladder.ts'
import type { Backfold } from '../../src/client/session.ts'

type Requests = HostForPanel['requests']
type Answers = {
  [M in keyof Requests]?: (
    params: Requests[M]['params'],
  ) => Requests[M]['result'] | Promise<Requests[M]['result']>
}

/** A world that a test sets up, and what was asked of it. */
export interface FakePanelWorld extends PanelWorld {
  readonly shown: Value<ShownTab | null>
  readonly settings: Value<ExtensionSettings | null>
  readonly granted: Value<readonly string[] | null>
  readonly host: Value<HostState>
  readonly tabs: Value<readonly TabState[]>
  readonly requests: Value<number>
  readonly answers: Answers
  /** What was done, in order. */
  readonly done: unknown[][]
  /** Whether the person grants what is asked for. */
  readonly grants: Value<boolean>
}

export const ORIGIN = 'https://chat.example.com'

const SITE_FACTS: readonly SiteFacts[] = [
  facts('chatgpt', 'ChatGPT', 'chatgpt.com'),
  facts('claude', 'Claude', 'claude.ai'),
]

function facts(id: SiteFacts['id'], name: string, host: string): SiteFacts {
  const newChatUrl = `https://${host}/new`
  return { id, name, hosts: [host], newChatUrl, composer: [], overheadTokens: 0, windows: {} }
}

export function tabState(patch: Partial<TabState> = {}): TabState {
  return {
    tab: 1,
    origin: ORIGIN,
    title: 'Refactor the tokeniser',
    site: null,
    kind: 'whole',
    session: 'chat-1',
    isTemporary: false,
    isPaused: false,
    gauge: {
      tokens: 91_240,
      overhead: 0,
      window: 128_000,
      windowFrom: 'known',
      model: 'gpt-5',
      level: 'warn',
      folded: 12_400,
      isFolding: false,
    },
    health: { state: 'ok', layer: 'response', detail: '' },
    ...patch,
  }
}

export function fakePanelWorld(backfold: Promise<Backfold>): FakePanelWorld {
  const done: unknown[][] = []
  const note = (...what: unknown[]): void => void done.push(what)
  const settings = createValue<ExtensionSettings | null>({
    ...USUAL_SETTINGS,
    sites: { [ORIGIN]: USUAL_SITE },
    isIntroduced: true,
  })
  const granted = createValue<readonly string[] | null>([`${ORIGIN}/*`])
  const grants = createValue(true)
  const answers: Answers = {}
  const ask = async (method: keyof Requests, params: never): Promise<unknown> => {
    note('ask', method, params)
    const answer = answers[method] as ((params: never) => unknown) | undefined
    return answer?.(params)
  }
  const world: FakePanelWorld = {
    isPrivate: false,
    sites: SITE_FACTS,
    shown: createValue<ShownTab | null>({
      tab: 1,
      title: 'A page',
      place: { kind: 'page', origin: ORIGIN },
    }),
    settings,
    granted,
    host: createValue<HostState>({ status: 'open', reason: '', archive: 'open' }),
    tabs: createValue<readonly TabState[]>([]),
    requests: createValue(0),
    ladder: createSummariserLadder(
      async () => (await backfold).summarisers(),
      (callback) => requestAnimationFrame(callback),
    ),
    keptKeys: createKeptKeys({ getItem: () => null, setItem: () => {} }),
    answers,
    done,
    grants,
    backfold: () => backfold,
    ask,
    async enable(origin) {
      note('enable', origin)
      if (grants.get()) {
        granted.set([...(granted.get() ?? []), `${origin}/*`])
        await world.changeSite(origin, { isOn: true })
      }
      return grants.get()
    },
    async disable(origin) {
      note('disable', origin)
      granted.set((granted.get() ?? []).filter((one) => one !== `${origin}/*`))
    },
    async changeSite(origin, patch) {
      note('changeSite', origin, patch)
      const now = settings.get() ?? USUAL_SETTINGS
      const site = { ...(now.sites[origin] ?? USUAL_SITE), ...patch }
      settings.set({ ...now, sites: { ...now.sites, [origin]: site } })
    },
    async change(patch) {
      note('change', patch)
      settings.set({ ...(settings.get() ?? USUAL_SETTINGS), ...patch })
    },
    retry: () => note('retry'),
    reload: async (tab) => note('reload', tab),
    follow: async (tab) => note('follow', tab),
    async open(url) {
      note('open', url)
      return 7
    },
    openPage: async (page, hash) => note('openPage', page, hash),
    async openShortcuts() {
      note('openShortcuts')
      return true
    },
    async copy(text) {
      note('copy', text)
      return true
    },
    save: (name, text) => note('save', name, text),
  }
  return world
}

/** What the archive's settings are kept in, without a page around it. */
export function fakeKeep(backfold: Backfold): ReturnType<typeof createKeep> {
  return createKeep({
    open: async () => backfold,
    readProtection: async () => 'none',
    storage: { getItem: () => null, setItem: () => {} },
    tell: () => {},
    listen: () => {},
    now: () => Date.now(),
    after: () => () => {},
    newId: () => 'new',
    restart: () => {},
    restartedBecause: () => null,
  })
}
