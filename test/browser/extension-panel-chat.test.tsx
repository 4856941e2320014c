import { expect, test } from 'vitest'
import { PanelPage } from '../../extension/panel/panel-page.tsx'
import '../../extension/panel/panel-styles.css'
import type { LoggedRequest } from '../../extension/wire/panel-wire.ts'
import { draw } from './draw.tsx'
import { fakePanelWorld, ORIGIN, tabState } from './fake-panel-world.ts'
import { openPage, prose } from './open-page.ts'

const SOON = { timeout: 20_000 }
const NEVER = new Promise<never>(() => {})

const REQUEST: LoggedRequest = {
  id: 'r1',
  at: 1_700_000_000_000,
  tab: 1,
  origin: ORIGIN,
  url: `${ORIGIN}/v1/chat/completions`,
  kind: 'sent',
  reason: '',
  session: 'chat-1',
  format: 'openai',
  generation: 1,
  folded: 10,
  restored: 0,
  tokens: { before: 31_240, after: 9_120 },
  hasBodies: true,
  isUndone: false,
}

test('[PANEL18, GAUGE2] tokens that the site adds itself are said apart', async () => {
  const world = fakePanelWorld(NEVER)
  const { gauge } = tabState()
  world.tabs.set([tabState({ kind: 'hosted', gauge: gauge && { ...gauge, overhead: 4_000 } })])
  const page = draw(<PanelPage world={world} />)
  await expect.poll(() => page.count('[data-testid="gauge-overhead"]')).toBe(1)
  expect(page.part('[data-testid="gauge-overhead"]').innerText).toContain(
    'About 4,000 of them are no messages',
  )
  world.tabs.set([tabState()])
  await expect.poll(() => page.count('[data-testid="gauge-overhead"]')).toBe(0)
})

test.each([
  ['hosted', 'over its budget', 1],
  ['whole', 'over budget: folded before it is sent', 0],
] as const)('[PANEL21] of a %s chat that is over: %s', async (kind, words, hints) => {
  const { backfold } = await openPage()
  const session = await backfold.session('chat-1', { budget: { tokens: 1_000 }, automatic: false })
  await session.append({ role: 'user', content: prose(2_000, 'long') })
  const world = fakePanelWorld(Promise.resolve(backfold))
  world.tabs.set([tabState({ kind })])
  const page = draw(<PanelPage world={world} />)
  await expect.poll(() => page.count('.gauge-panel .level'), SOON).toBe(1)
  await expect.poll(() => page.part('.gauge-panel .level').textContent).toBe(words)
  expect(page.count('[data-testid="hosted-context"]')).toBe(hints)
  if (kind === 'hosted') expect(page.text()).not.toMatch(/before it is sent|context sent/)
})

test('[PANEL21] a comparison of long bodies scrolls in itself', async () => {
  const { backfold } = await openPage()
  await backfold.session('chat-1')
  const world = fakePanelWorld(Promise.resolve(backfold))
  world.tabs.set([tabState()])
  world.answers.requests = () => [REQUEST]
  const messages = Array.from({ length: 900 }, (_, n) => `message ${n} ${'words '.repeat(30)}`)
  world.answers.bodies = () => ({
    before: JSON.stringify({ messages }),
    after: JSON.stringify({ messages: messages.filter((_, n) => n % 3 !== 1) }),
  })
  const page = draw(<PanelPage world={world} />)
  await expect.poll(() => page.count('#chat-tab-requests'), SOON).toBe(1)
  page.press('#chat-tab-requests')
  await expect.poll(() => page.count('[data-testid="request-changes"]'), SOON).toBe(1)
  const height = (): number => document.scrollingElement?.scrollHeight ?? 0
  const before = height()
  page.press('[data-testid="request-changes"]')
  await expect.poll(() => page.count('.body-diff [data-change="removed"]'), SOON).toBe(300)
  const diff = page.part('.body-diff')
  expect(diff.scrollHeight).toBeGreaterThan(10 * diff.clientHeight)
  expect(height() - before).toBeLessThan(window.innerHeight)
})
