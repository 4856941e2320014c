import { page as window_ } from 'vitest/browser'
import { afterEach, expect, test } from 'vitest'
import { OptionsPage } from '../../extension/options/options-page.tsx'
import '../../extension/options/options-styles.css'
import { PanelPage } from '../../extension/panel/panel-page.tsx'
import '../../extension/panel/panel-styles.css'
import { USUAL_SETTINGS, USUAL_SITE } from '../../extension/settings/extension-settings.ts'
import type { LoggedRequest } from '../../extension/wire/panel-wire.ts'
import { BackfoldError } from '../../src/core/backfold-error.ts'
import { barriers } from './barriers.ts'
import { draw, type, type Drawn } from './draw.tsx'
import {
  fakeKeep,
  fakePanelWorld,
  ORIGIN,
  tabState,
  type FakePanelWorld,
} from './fake-panel-world.ts'
import { openPage, prose } from './open-page.ts'

const HOSTILE = '<img src=x onerror="globalThis.hacked = true"><script>hacked = true</script>'
const UNBROKEN = 'unbroken'.repeat(400)
const NEVER = new Promise<never>(() => {})

afterEach(async () => {
  document.documentElement.dataset['theme'] = 'light'
  await window_.viewport(414, 896)
})

// Many looks, folds among them, take their time on busy machines.
const LONG = { timeout: 120_000 }

/** Neither a barrier nor anything that is wider than the page, narrow and wide, in light and dark. */
async function expectSound(name: string): Promise<void> {
  for (const theme of ['light', 'dark']) {
    document.documentElement.dataset['theme'] = theme
    for (const width of [320, 1_200]) {
      await window_.viewport(width, 800)
      // Lists are drawn anew once their place has another size; what stays is a barrier.
      await expect.poll(barriers, { message: `${name}, ${theme}, ${width} pixels` }).toEqual([])
      await expectNarrow(`${name}, ${theme}, ${width} pixels`)
    }
  }
  // As narrow as it gets, and twice as large.
  await window_.viewport(160, 800)
  await expectNarrow(`${name}, 160 pixels`)
}

async function expectNarrow(name: string): Promise<void> {
  const { scrollingElement: page } = document
  // Charts are drawn anew once their place has another size.
  await expect
    .poll(() => (page?.scrollWidth ?? 0) - (page?.clientWidth ?? 0), { message: name })
    .toBeLessThanOrEqual(0)
}

const REQUEST: LoggedRequest = {
  id: 'r1',
  at: 1_700_000_000_000,
  tab: 1,
  origin: ORIGIN,
  url: `${ORIGIN}/v1/chat/completions?q=${UNBROKEN}`,
  kind: 'sent',
  reason: '',
  session: 'chat-1',
  format: 'openai',
  generation: 1,
  folded: 10,
  restored: 2,
  tokens: { before: 31_240, after: 9_120 },
  hasBodies: true,
  isUndone: false,
}

/** A chat with a fold, whose page and model are hostile. */
async function chatWorld(): Promise<FakePanelWorld> {
  const { backfold } = await openPage()
  const session = await backfold.session('chat-1', {
    budget: { tokens: 12_000 },
    automatic: false,
  })
  for (let n = 1; n <= 12; n += 1) {
    await session.append(
      { id: `u${n}`, role: 'user', parts: [{ type: 'text', text: `Part ${n} ${HOSTILE}` }] },
      { id: `a${n}`, role: 'assistant', parts: [{ type: 'text', text: prose(600, `t${n}`) }] },
    )
  }
  await session.append({
    id: 'last',
    role: 'user',
    parts: [{ type: 'text', text: `${UNBROKEN} ${HOSTILE}` }],
  })
  const world = fakePanelWorld(Promise.resolve(backfold))
  world.tabs.set([
    tabState({ title: `${HOSTILE} ${UNBROKEN}` }),
    tabState({ tab: 2, title: 'Another', gauge: null }),
  ])
  world.answers.requests = () => [{ ...REQUEST, id: 'r0', kind: 'passed' }, REQUEST]
  world.answers.bodies = () => ({
    before: JSON.stringify({ messages: [HOSTILE, 'b', UNBROKEN] }),
    after: JSON.stringify({ messages: ['digest', UNBROKEN] }),
  })
  return world
}

async function drawChat(world: FakePanelWorld): Promise<Drawn> {
  const page = draw(<PanelPage world={world} />)
  await expect.poll(() => page.count('[data-testid="fold-now"]')).toBe(1)
  return page
}

const STATES: readonly (readonly [string, (world: FakePanelWorld) => void, string])[] = [
  ['connecting', (w) => w.host.set({ status: 'connecting', reason: '', archive: 'unknown' }), ''],
  ['lost', (w) => w.host.set({ status: 'lost', reason: 'it ended', archive: 'open' }), 'Try again'],
  ['nowhere', (w) => w.shown.set(null), 'Archive'],
  ['hidden', (w) => w.shown.set({ tab: 1, title: '', place: { kind: 'hidden' } }), 'Enable on …'],
  ['no-access', (w) => w.granted.set([]), 'Enable on chat.example.com'],
  ['stale', () => {}, 'Reload the tab'],
  ['nothing-yet', (w) => w.tabs.set([tabState({ session: null, gauge: null })]), ''],
  [
    'paused',
    (w) => {
      w.tabs.set([tabState({ session: null, gauge: null, isPaused: true })])
      void w.change({ isPaused: true })
    },
    'Resume',
  ],
  ['temporary', (w) => w.tabs.set([tabState({ isTemporary: true })]), ''],
  [
    'locked',
    (w) => {
      w.tabs.set([tabState()])
      w.host.set({ status: 'open', reason: '', archive: 'locked' })
    },
    'Unlock',
  ],
]

test.each(STATES)('[PANEL17, PANEL19] %s: it says so, and leads on', async (kind, set, button) => {
  const world = fakePanelWorld(NEVER)
  set(world)
  const page = draw(<PanelPage world={world} />)
  await expect.poll(() => page.count(`[data-view="${kind}"]`)).toBe(1)
  expect(page.count('[data-testid="continue"]')).toBe(0)
  if (button !== '') {
    expect(page.part('.side-main').innerText).toContain(button)
  }
  await expectSound(kind)
})

test('[PANEL17] a site is asked for in the click, then the tab is reloaded', async () => {
  const world = fakePanelWorld(NEVER)
  world.granted.set([])
  world.grants.set(false)
  const page = draw(<PanelPage world={world} />)
  await expect.poll(() => page.count('[data-testid="enable"]')).toBe(1)
  page.press('[data-testid="enable"]')
  expect(world.done[0]).toEqual(['enable', ORIGIN])
  await expect.poll(() => page.text()).toContain('The browser did not allow it.')
  world.grants.set(true)
  page.press('[data-testid="enable"]')
  await expect.poll(() => page.count('[data-testid="reload"]')).toBe(1)
  page.press('[data-testid="reload"]')
  expect(world.done.at(-1)).toEqual(['reload', 1])
})

test('[PANEL17] a page that is not told is named by hand', async () => {
  const world = fakePanelWorld(NEVER)
  world.shown.set({ tab: 1, title: '', place: { kind: 'hidden' } })
  const page = draw(<PanelPage world={world} />)
  await expect.poll(() => page.count('[data-testid="origin"]')).toBe(1)
  type(page.part('[data-testid="origin"]'), 'chatgpt.com/c/1')
  await expect.poll(() => page.text()).toContain('Enable on chatgpt.com')
  page.press('.state-card button')
  expect(world.done[0]).toEqual(['enable', 'https://chatgpt.com'])
})

test('[PANEL17] a locked archive is opened by its passphrase, and a wrong one is told', async () => {
  const world = fakePanelWorld(NEVER)
  world.tabs.set([tabState()])
  world.host.set({ status: 'open', reason: '', archive: 'locked' })
  world.answers.unlock = ({ passphrase }) => {
    if (passphrase !== 'right one') throw new BackfoldError('WRONG_PASSPHRASE', 'no')
    world.host.set({ status: 'open', reason: '', archive: 'open' })
    return null
  }
  const page = draw(<PanelPage world={world} />)
  await expect.poll(() => page.count('[data-testid="passphrase"]')).toBe(1)
  const unlock = async (passphrase: string): Promise<void> => {
    type(page.part('[data-testid="passphrase"]'), passphrase)
    await expect.poll(() => page.count('.state-card .primary:not(:disabled)')).toBe(1)
    page.press('.state-card .primary')
  }
  await unlock('wrong one')
  await expect.poll(() => page.text()).toContain('That is not the passphrase.')
  await expect.poll(() => page.count('[data-testid="passphrase"]:not(:disabled)')).toBe(1)
  await unlock('right one')
  await expect.poll(() => page.count('[data-view="chat"]')).toBe(1)
})

test('[PANEL18] the gauge says how full it is, by whom, and takes another window', async () => {
  const world = fakePanelWorld(NEVER)
  world.tabs.set([tabState()])
  const page = draw(<PanelPage world={world} />)
  await expect.poll(() => page.count('[data-testid="chat-gauge"]')).toBe(1)
  const text = page.part('[data-testid="chat-gauge"]').innerText.replace(/\s+/g, ' ')
  expect(text).toContain('91,240 of 128k tokens, 71%')
  expect(text).toContain('Filling up')
  expect(text).toContain('Folded: 12k tokens')
  expect(text).toContain('Window 128,000, as known for gpt-5')
  page.press('[data-testid="edit-window"]')
  await expect.poll(() => page.count('[data-testid="window-tokens"]')).toBe(1)
  type(page.part('[data-testid="window-tokens"]'), 'much')
  await expect.poll(() => page.count('.window-form .primary:disabled')).toBe(1)
  type(page.part('[data-testid="window-tokens"]'), '400k')
  await expect.poll(() => page.count('.window-form .primary:not(:disabled)')).toBe(1)
  page.press('.window-form .primary')
  await expect
    .poll(() => world.settings.get()?.sites[ORIGIN]?.windows)
    .toEqual({ 'gpt-5': 400_000 })
  await expect.poll(() => page.text()).toContain('The window is 400,000 tokens now.')
})

test('[PANEL18, PANEL19] a chat is folded, looked into and gone back to', LONG, async () => {
  const world = await chatWorld()
  world.answers.reveal = ({ turn }) => turn === 'last'
  const page = await drawChat(world)
  page.press('[data-testid="fold-now"]')
  await expect.poll(() => page.text()).toContain('Generation 1 is applied.')
  await expectSound('context')
  page.press('#chat-tab-inspector')
  await expect.poll(() => page.count('[data-testid="inspector"]')).toBe(1)
  await expectSound('inspector')
  page.press('[data-testid="inspector"] .sources button')
  await expect.poll(() => page.count('[data-testid="messages"]')).toBe(1)
  expect(page.part('#chat-tab-messages').ariaSelected).toBe('true')
  await expect.poll(() => page.count('[data-testid="reveal"]')).toBeGreaterThan(0)
  await expectSound('messages')
  page.press('[data-testid="reveal"]')
  await expect
    .poll(() => page.text())
    .toMatch(/The page does not hold this message now|Shown on the page/)
  await expect.poll(() => world.done.some(([, method]) => method === 'reveal')).toBe(true)
  expect(globalThis).not.toHaveProperty('hacked')
  expect(page.count('img, script')).toBe(0)
})

test(
  '[PANEL18, PANEL19] every request is listed with what was changed, and taken back',
  LONG,
  async () => {
    const world = await chatWorld()
    world.answers.undo = () => ({ isUndone: true, reason: '' })
    const page = await drawChat(world)
    page.press('#chat-tab-requests')
    await expect.poll(() => page.count('[data-testid="request"]')).toBe(2)
    expect(page.text()).toContain('31k → 9.1k')
    expect(page.text()).toContain('22k saved · 2 dropped messages restored')
    page.press('[data-testid="request-changes"]')
    await expect.poll(() => page.count('.body-diff [data-change="added"]')).toBe(1)
    expect(page.part('.body-diff [data-change="removed"]').textContent).toContain('<img src=x')
    await expectSound('requests')
    page.press('[data-testid="request-undo"]')
    await expect.poll(() => page.text()).toContain('Undone: the next request')
    world.answers.requests = () => [{ ...REQUEST, isUndone: true }]
    world.requests.set(1)
    await expect.poll(() => page.count('[data-testid="request-undo"]')).toBe(0)
    expect(globalThis).not.toHaveProperty('hacked')
  },
)

test(
  '[PANEL18, PANEL19] a hand-off is prepared, filled, and what came of it is told as it is',
  LONG,
  async () => {
    const world = await chatWorld()
    const page = await drawChat(world)
    page.press('[data-testid="continue"]')
    await expect.poll(() => page.count('[data-testid="hand-off-text"]')).toBe(1)
    const text = (page.part('[data-testid="hand-off-text"]') as HTMLTextAreaElement).value
    expect(text).toContain('# Hand-off')
    expect(page.part('[data-testid="hand-off-size"]').textContent).toContain(
      'A fold was made for it.',
    )
    await expectSound('hand-off')
    world.answers.handOff = () => ({ kind: 'occupied' })
    page.press('[data-testid="fill-here"]')
    await expect.poll(() => page.count('[data-testid="replace"]')).toBe(1)
    world.answers.handOff = ({ replaces }) =>
      replaces ? { kind: 'filled', as: 'text' } : { kind: 'occupied' }
    page.press('[data-testid="replace"]')
    await expect.poll(() => page.count('.told[data-good="true"]')).toBe(1)
    world.answers.handOff = () => ({ kind: 'failed', reason: 'no composer was found' })
    page.press('[data-testid="open-and-fill"]')
    await expect
      .poll(() => page.text())
      .toContain('It could not be filled in: no composer was found.')
    expect(world.done).toContainEqual(['enable', 'https://chatgpt.com'])
    expect(world.done).toContainEqual(['open', 'https://chatgpt.com/new'])
    expect(world.done.at(-1)).toEqual(['copy', text])
    page.press('[data-testid="back"]')
    await expect.poll(() => page.count('[data-testid="continue"]')).toBe(1)
  },
)

test('[PANEL19] the other screens have no barrier, and keep the focus', LONG, async () => {
  const world = await chatWorld()
  const page = await drawChat(world)
  for (const [label, screen] of [
    ['Chats in other tabs', 'chats'],
    ['Settings of this site', 'site'],
  ] as const) {
    page.press(`[aria-label="${label}"]`)
    await expect.poll(() => page.count(`[data-testid="${screen}"]`)).toBe(1)
    await expect.poll(() => document.activeElement?.id).toBe('screen-title')
    await expectSound(screen)
    page.press('[data-testid="back"]')
  }
  page.press('[aria-label="Settings of this site"]')
  await expect.poll(() => page.count('[data-testid="switch-rewrites"]')).toBe(1)
  page.press('[data-testid="switch-rewrites"]')
  expect(world.done.at(-1)).toEqual(['changeSite', ORIGIN, { rewrites: false }])
  await expect.poll(() => page.count('[data-testid="switch-rescues"]:disabled')).toBe(1)
  page.press('[data-testid="revoke"]')
  await expect.poll(() => world.granted.get()).toEqual([])
  page.press('[aria-label="Pause everything"]')
  await expect.poll(() => page.count('[data-notice="paused"]')).toBe(1)
  await expectSound('paused')
  page.press('[data-testid="resume"]')
  expect(world.settings.get()?.isPaused).toBe(false)
})

test('[PANEL20, PANEL19] the first steps are shown once, skipped, and called up again', async () => {
  const world = fakePanelWorld(NEVER)
  world.settings.set(USUAL_SETTINGS)
  const page = draw(<PanelPage world={world} />)
  await expect.poll(() => page.count('[data-testid="intro"]')).toBe(1)
  expect(page.text()).toContain('Step 1 of 3')
  await expectSound('intro')
  page.press('[data-testid="intro-next"]')
  await expect.poll(() => page.count('[data-testid="enable"]')).toBe(1)
  page.press('[data-testid="intro-skip"]')
  await expect.poll(() => page.count('[data-testid="intro"]')).toBe(0)
  expect(world.settings.get()?.isIntroduced).toBe(true)
  page.press('[aria-label="How it works"]')
  await expect.poll(() => page.count('[data-testid="intro"]')).toBe(1)
  for (const step of [1, 2, 3]) {
    await expect.poll(() => page.text()).toContain(`Step ${step} of 3`)
    page.press('[data-testid="intro-next"]')
  }
  await expect.poll(() => page.count('[data-testid="intro"]')).toBe(0)
})

test(
  '[OPT2, PANEL19] everything that can be set is there, and what is changed is stored',
  LONG,
  async () => {
    const { backfold } = await openPage()
    await backfold.session('s')
    const world = fakePanelWorld(Promise.resolve(backfold))
    const long = `https://${'a'.repeat(60)}.example.com`
    const windows = { '': 8_000, [UNBROKEN.slice(0, 200)]: 128_000 }
    world.settings.set({
      ...USUAL_SETTINGS,
      isIntroduced: true,
      sites: { [ORIGIN]: { ...USUAL_SITE, windows, summarisers: ['llama'] }, [long]: USUAL_SITE },
    })
    world.tabs.set([tabState({ kind: 'hosted', title: UNBROKEN })])
    const keep = fakeKeep(backfold)
    const page = draw(<OptionsPage world={world} keep={keep} about={{ version: '1.2.3' }} />)
    await keep.start()
    await expect.poll(() => page.count('[data-testid="add-step"]')).toBe(1)
    page.root.querySelectorAll('details').forEach((one) => (one.open = true))
    await expect.poll(() => page.text()).toContain('1 conversation is archived.')
    expect(page.text()).toContain('Version 1.2.3.')
    await expectSound('options')
    page.press('[data-testid="switch-pill"]')
    await expect.poll(() => world.settings.get()?.sites[ORIGIN]?.pill).toBe(false)
    type(page.part('[data-testid="warn"]'), '60')
    await expect.poll(() => page.count('#thresholds button:not(:disabled)')).toBe(1)
    page.press('#thresholds button')
    await expect.poll(() => world.settings.get()?.thresholds).toEqual({ warn: 0.6, urgent: 0.9 })
    page.press('[data-testid="shortcuts"]')
    expect(world.done.at(-1)).toEqual(['openShortcuts'])
    page.press('[data-testid="intro-again"]')
    await expect.poll(() => world.settings.get()?.isIntroduced).toBe(false)
    page.press('.windows button')
    await expect
      .poll(() => Object.keys(world.settings.get()?.sites[ORIGIN]?.windows ?? {}))
      .toHaveLength(1)
  },
)
