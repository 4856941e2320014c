import axe from 'axe-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startNoteServer, type NoteServer } from '../support/note-server.ts'
import { findBarriers, findInStorage, pickFile, playToEnd, say, tabTo } from './drive-playground.ts'
import { openPlayground, type PlaygroundHost, type Visit } from './open-playground.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { HOSTILE_TEXT } from './sample-sessions.ts'

/** Asks again until the answer is as expected. */
const SOON = { timeout: PATIENCE_MS }
/** A key as a service would issue it, which nobody has. */
const SECRET = `sk-proj-${'Zq7Xw2Lk9Vb4Nc6M'.repeat(3)}`
/** Servers on this machine count as far away where the model's name says so. */
const AWAY = 'notes:cloud'
const NOTE = 'The user suspected that the proxy broke the login.'
let host: PlaygroundHost
let model: NoteServer

beforeAll(async () => {
  host = await openPlayground()
  model = await startNoteServer()
})

beforeEach(() => {
  model.answerWith({ kind: 'note', text: NOTE })
})

afterAll(async () => {
  await host.close()
  await model.close()
})

/** A session in which somebody suspects something, and pastes a key. */
function suspiciousSession(): string {
  return JSON.stringify([
    { role: 'user', content: 'Login fails after ten seconds. My guess is the proxy between them.' },
    { role: 'assistant', content: 'I look at the proxy.' },
    { role: 'user', content: `The key of the test account is ${SECRET}, in case it helps.` },
    ...Array.from({ length: 40 }, (_, index) => ({
      role: index % 2 === 0 ? 'assistant' : 'user',
      content: `Look ${index + 1}: ${'the log says that the connection was closed, and by whom it does not say, '.repeat(6)}`,
    })),
  ])
}

async function visitSuspicious(): Promise<Visit> {
  const visit = await host.visit()
  const buffer = Buffer.from(suspiciousSession())
  await pickFile(visit, { name: 'suspicious.json', mimeType: 'application/json', buffer })
  await visit.part('start').click()
  await playToEnd(visit)
  await visit.page.locator('#tab-Summarisers').click()
  return visit
}

async function openPart({ page }: Visit, part: 'ladder' | 'compare' | 'sent'): Promise<void> {
  await page.locator('#tab-Summarisers').click()
  await page.locator(`#summarisers-tab-${part}`).click()
}

interface Typed {
  readonly name?: string
  readonly key?: string
  readonly passphrase?: string
}

/** Adds the server as the last step, as a person would. */
async function addStep(visit: Visit, { name = AWAY, key, passphrase }: Typed = {}): Promise<void> {
  const { part } = visit
  const before = await part('ladder-step').count()
  await part('add-step').click()
  await part('step-preset').selectOption('other')
  await part('step-base-url').fill(model.baseUrl)
  await part('step-model').fill(name)
  if (key !== undefined) await part('step-key').fill(key)
  if (passphrase !== undefined) {
    await part('step-keep').check()
    await part('step-passphrase').fill(passphrase)
  }
  await part('step-submit').click()
  await part('step-form').waitFor({ state: 'detached' })
  await expect.poll(() => part('ladder-step').count(), SOON).toBe(before + 1)
  await part('test-step').last().isEnabled()
}

/** Folds by hand and applies, and resolves to the inspector's text. */
async function fold(visit: Visit): Promise<string> {
  const { page, part } = visit
  await part('compact').click()
  await part('outcome').filter({ hasText: 'is ready' }).waitFor()
  await part('apply').click()
  await part('outcome').filter({ hasText: 'is applied' }).waitFor()
  await page.locator('#tab-Generations').click()
  await part('inspector').getByText('Summariser', { exact: true }).waitFor()
  return visit.text('inspector')
}

test('[PLAY18] a summariser is added, tested and folded with; digest, generation and costs name it', async () => {
  const visit = await visitSuspicious()
  const { page, part } = visit
  await part('add-step').click()
  await part('step-preset').selectOption('other')
  await part('step-base-url').fill('http://far.example/v1')
  await part('step-model').fill('m')
  await part('step-key').fill('k')
  await part('step-submit').click()
  await part('step-problem').filter({ hasText: 'unencrypted' }).waitFor()
  await page.keyboard.press('Escape')
  await part('step-form').waitFor({ state: 'detached' })
  await addStep(visit)
  await expect
    .poll(() => visit.text('ladder-step'), SOON)
    .toMatch(/OpenAI-compatible.*is sent there/)
  await part('test-step').click()
  await part('step-test').filter({ hasText: 'Answered in' }).waitFor()
  expect(await visit.text('step-test')).toContain('ready')
  expect(await fold(visit)).toContain(`built-in + openai-compatible:${AWAY}`)
  await part('inspector').getByText(NOTE).waitFor()
  await openPart(visit, 'ladder')
  await part('ladder-step')
    .filter({ hasText: /So far: \d+ calls?\b/ })
    .waitFor()
  await page.locator('#tab-Jobs').click()
  await part('jobs')
    .getByText(/\d+ calls? to models, .* tokens/)
    .first()
    .waitFor()
  expect(visit.complaints).toEqual([])
})

test('[PLAY18, APP101] a live model on the same server answers while a summariser is there', async () => {
  const visit = await visitSuspicious()
  const { part } = visit
  await addStep(visit)
  await part('live-toggle').click()
  await part('live-base-url').fill(model.baseUrl)
  await part('live-model').fill('chat')
  await part('live-on').click()
  model.answerWith({ kind: 'say', text: 'It is the cable.' })
  await say(visit, 'What is it then?')
  await visit.page.locator('article', { hasText: 'It is the cable.' }).waitFor()
  // The turn is over: the step is asked again.
  await part('test-step').click()
  await part('step-test').filter({ hasText: 'Answered in' }).waitFor()
  expect(visit.complaints).toEqual([])
})

test('[PLAY19] two summarisers are compared side by side, and what was sent is masked', async () => {
  const visit = await visitSuspicious()
  const { part } = visit
  await addStep(visit)
  await openPart(visit, 'compare')
  await part('compare-from').fill('1')
  await part('compare-to').fill('12')
  await part('compare-run').click()
  const [one, other] = [part('compare-side').first(), part('compare-side').last()]
  await one.getByText(NOTE).waitFor()
  expect(await one.textContent()).toMatch(/Cost: \d+ calls?, .* tokens/)
  await one.getByTestId('source-link').first().waitFor()
  expect(await other.textContent()).toContain('Adds no prose')
  await openPart(visit, 'sent')
  await part('sent-request').first().waitFor()
  const paged = part('sent-request').filter({ hasText: 'test account' }).first()
  await paged.waitFor()
  expect(await part('sent').textContent()).not.toContain('Zq7Xw2Lk9Vb4')
  expect(model.received(AWAY)).toContain('test account')
  expect(model.received(AWAY)).not.toContain('Zq7Xw2Lk9Vb4')
  expect(visit.complaints).toEqual([])
})

test('[PLAY20] a summariser that fails is stepped down from, with its reason, until it is reset', async () => {
  const visit = await visitSuspicious()
  const { part } = visit
  await addStep(visit)
  model.answerWith({ kind: 'refuse', status: 401 })
  const inspected = await fold(visit)
  expect(inspected).not.toContain(NOTE)
  expect(inspected).toMatch(/Summariser ?built-in ?Made/)
  await openPart(visit, 'ladder')
  await part('ladder-events')
    .getByText(/down from openai-compatible:.* to built-in: /)
    .first()
    .waitFor()
  await part('step-left-alone').filter({ hasText: 'Left alone until you reset it' }).waitFor()
  model.answerWith({ kind: 'note', text: NOTE })
  await part('reset-ladder').click()
  await part('step-left-alone').waitFor({ state: 'detached' })
  await part('only-built-in').click()
  await expect.poll(() => part('ladder-step').count(), SOON).toBe(0)
  await part('built-in-step').waitFor()
})

test('[PLAY21] a key is stored nowhere unless it is to be kept; then encrypted, behind its passphrase', async () => {
  const visit = await visitSuspicious()
  const { page, part } = visit
  const key = 'local-key-4711-abc'
  await addStep(visit, { key })
  await part('test-step').click()
  await part('step-test').filter({ hasText: 'Answered in' }).waitFor()
  expect(model.keys()).toContain(`Bearer ${key}`)
  expect(await findInStorage(visit, key)).toEqual([])
  expect(await part('kept-key').count()).toBe(0)
  await addStep(visit, { name: 'kept:cloud', key, passphrase: 'open sesame' })
  await part('kept-key').waitFor()
  expect(await findInStorage(visit, key)).toEqual([])
  expect(await findInStorage(visit, 'sesame')).toEqual([])
  await page.reload()
  await page.locator('#tab-Summarisers').click()
  await part('kept-passphrase').fill('wrong')
  await part('kept-unlock').click()
  await part('kept-problem').filter({ hasText: 'not the passphrase' }).waitFor()
  await part('kept-passphrase').fill('open sesame')
  await part('kept-unlock').click()
  await part('ladder-step').filter({ hasText: 'kept:cloud' }).waitFor()
  await part('kept-key').getByRole('button', { name: 'Forget' }).click()
  await part('kept-key').waitFor({ state: 'detached' })
})

/** Adds the server as the third step, tests it and takes it off again, all by keyboard. */
async function addByKeys(visit: Visit): Promise<void> {
  const { page, part } = visit
  const press = (key: string): Promise<void> => page.keyboard.press(key)
  // The form that is open already.
  await page.locator('#summarisers-tab-ladder').focus()
  await tabTo(visit, '[data-testid="step-preset"]')
  // Chosen by its first letters.
  await page.keyboard.type('Another')
  await tabTo(visit, '[data-testid="step-base-url"]')
  await page.keyboard.type(model.baseUrl)
  await tabTo(visit, '[data-testid="step-model"]')
  await page.keyboard.type('by-hand:cloud')
  await press('Enter')
  const own = part('ladder-step').filter({ hasText: 'by-hand:cloud' })
  await own.waitFor()
  await page.locator('.summariser-said:focus').filter({ hasText: 'is added' }).waitFor()
  await tabTo(visit, '[aria-label="Test openai-compatible:by-hand:cloud"]')
  await press('Enter')
  await own.getByText('Answered in').waitFor()
  await tabTo(visit, '[aria-label="Take off openai-compatible:by-hand:cloud"]')
  await press('Enter')
  await own.waitFor({ state: 'detached' })
}

test('[PLAY22] the panel is free of barriers, wide and narrow, and shows what models say as text', async () => {
  const visit = await visitSuspicious()
  const { page, part } = visit
  model.answerWith({ kind: 'say', text: `${HOSTILE_TEXT}\n${'a long answer '.repeat(500)}` })
  await addStep(visit)
  await addStep(visit, { name: `a-model-with-a-${'very-'.repeat(12)}long-name:cloud` })
  await part('test-step').first().click()
  await part('step-test').filter({ hasText: 'Answered in' }).waitFor()
  await page.getByText('<img src=').first().waitFor()
  await openPart(visit, 'compare')
  await part('compare-run').click()
  await expect.poll(() => part('compare-cost').count(), SOON).toBe(1 + 1)
  await openPart(visit, 'ladder')
  await part('add-step').click()
  await page.evaluate(axe.source)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 })
      if (width === 390) await page.getByRole('button', { name: 'Inspector' }).click()
      for (const shown of ['sent', 'compare', 'ladder'] as const) {
        await page.locator(`#summarisers-tab-${shown}`).click()
        expect(await findBarriers(visit), `${shown} ${colorScheme} ${width}`).toEqual([])
        const panel = page.locator('#inspector-panel')
        expect(await panel.evaluate((own) => own.scrollWidth - own.clientWidth)).toBeLessThan(2)
      }
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await addByKeys(visit)
  expect(await page.evaluate(() => 'harmed' in globalThis)).toBe(false)
  expect(visit.strangers.filter((url) => !url.startsWith(model.baseUrl))).toEqual([])
})
