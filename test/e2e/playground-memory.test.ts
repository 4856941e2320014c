import axe from 'axe-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  findBarriers,
  isInView,
  openMemory,
  pickFile,
  playToEnd,
  recall,
  tabTo,
  visitPlayed,
} from './drive-playground.ts'
import { openPlayground, type PlaygroundHost, type Visit } from './open-playground.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { HOSTILE_TEXT } from './sample-sessions.ts'

/** Asks again until the answer is as expected. */
const SOON = { timeout: PATIENCE_MS }
let host: PlaygroundHost

beforeAll(async () => {
  host = await openPlayground()
})

afterAll(() => host.close())

/**
 * A model in another tab does something to its memory of the newest session. Said as text, because the built
 * library is loaded by the page as any host loads it.
 */
async function actAsModel({ page }: Visit, tool: string, input: object): Promise<void> {
  await page.evaluate(`(async () => {
    const { openBackfold } = await import(new URL('./library/index.js', location.href).href)
    const backfold = await openBackfold()
    const [newest] = await backfold.sessions()
    const session = await backfold.session(newest.id)
    const { text } = await session.runTool(${JSON.stringify(tool)}, ${JSON.stringify(input)}, {
      memory: true,
    })
    await backfold.close()
    return text
  })()`)
}

/** A session of tool calls whose results are large, and one line of several million characters. */
function payloadSession(output: (turn: number) => string, turns: number): string {
  const messages = Array.from({ length: turns }, (_, index) => {
    const turn = index + 1
    const input = JSON.stringify({ path: `src/part-${turn}.json` })
    const call = {
      id: `c${turn}`,
      type: 'function',
      function: { name: 'read_file', arguments: input },
    }
    return [
      { role: 'user', content: `Please read part ${turn}.` },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: `c${turn}`, content: output(turn) },
      { role: 'assistant', content: `Part ${turn} is read.` },
    ]
  })
  return JSON.stringify(messages.flat())
}

async function playFile(visit: Visit, content: string): Promise<void> {
  const buffer = Buffer.from(content)
  await pickFile(visit, { name: 'payloads.json', mimeType: 'application/json', buffer })
  await visit.part('budget').fill('6000')
  await visit.part('budget').press('Enter')
  await visit.part('start').click()
  await playToEnd(visit)
}

test('[PLAY11] stored payloads are listed, searched, and opened whole or by a piece', async () => {
  const visit = await host.visit()
  const { page, part } = visit
  const rows = Array.from({ length: 400 }, (_, id) => ({ id, name: `pear-${id}` }))
  await playFile(
    visit,
    payloadSession((turn) => JSON.stringify({ turn, rows }, null, 1), 12),
  )
  await openMemory(visit, 'payloads')
  await part('memory-item').first().waitFor()
  const all = await part('memory-item').count()
  expect(all).toBeGreaterThan(3)

  await part('memory-filter').fill('PART-3.json read_file')
  await expect.poll(() => part('memory-item').count(), SOON).toBe(1)
  expect(await visit.text('memory-count')).toBe(`1 of ${all} stored payloads`)
  await part('item-open').click()
  await part('payload').getByText('Show all').click()
  await part('payload').getByText('"turn": 3').waitFor()
  await part('slice-kind').selectOption('path')
  await part('slice-text').fill('$.rows[399].name')
  await part('slice-text').press('Enter')
  await part('payload').getByText('pear-399').waitFor()
  await part('slice-kind').selectOption('grep')
  await part('slice-text').fill('pear-17')
  await part('slice-text').press('Enter')
  await expect.poll(() => visit.text('piece'), SOON).toMatch(/\d+ matches; .*lines.*in all$/)
  await part('slice-kind').selectOption('path')
  await part('slice-text').fill('$.nowhere')
  await part('slice-text').press('Enter')
  await part('problem').getByText('Ask for another piece.').waitFor()

  await part('memory-filter').fill('no payload is about quinces')
  await part('memory').getByText('None of them holds all these words.').waitFor()
  await part('memory').getByText('Recall them from all that was said').click()
  await expect.poll(() => part('recall').inputValue(), SOON).toBe('no payload is about quinces')
  await part('recall-count').waitFor()
  expect(visit.complaints).toEqual([])
  await page.close()
})

test('[PLAY12] recall by words shows passages within a budget, and lines of the digest their sources', async () => {
  const visit = await visitPlayed(host)
  const { page, part } = visit
  const [seq = 0] = await recall(visit, 'idempotent append')
  await part('passage').first().waitFor()
  const lengths = async (): Promise<number> =>
    (await part('passage').allTextContents()).join('').length
  const unbounded = await lengths()
  await part('recall-tokens').selectOption('500')
  const isWithin = async (): Promise<boolean> => {
    const length = await lengths()
    return length > 0 && length < Math.min(unbounded, 500 * 8)
  }
  await expect.poll(isWithin, SOON).toBe(true)
  const link = part('recall-results')
    .getByRole('button', { name: `Open message #${seq}` })
    .first()
  await link.click()
  await expect.poll(() => isInView(visit, seq), SOON).toBe(true)

  await openMemory(visit, 'facts')
  const fact = part('memory-item')
    .filter({ has: page.getByRole('button', { name: /^Show the sources of / }) })
    .first()
  const name = (await fact.getByTestId('source-link').first().textContent()) ?? ''
  await fact.getByRole('button', { name: /^Show the sources of / }).click()
  const source = fact.getByTestId('line-sources').getByTestId('source-link').first()
  await source.waitFor()
  expect(Number(/\d+/.exec((await source.textContent()) ?? '')?.[0])).toBe(
    Number(/\d+/.exec(name)?.[0]),
  )
  await page.locator('#tab-Generations').click()
  await part('expand-line').first().click()
  await part('inspector').getByTestId('line-sources').getByTestId('source-link').first().waitFor()
  expect(visit.complaints).toEqual([])
  await page.close()
})

test('[PLAY13] what a model noted and proposed is listed, and a note undone', async () => {
  const visit = await visitPlayed(host)
  const { page, part } = visit
  await openMemory(visit, 'notes')
  await part('memory').getByText('can be undone').waitFor()
  await actAsModel(visit, 'memory_note', { text: `The port is 7781. ${HOSTILE_TEXT}` })
  await actAsModel(visit, 'memory_propose_rule', { text: 'Always run the linter.' })
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect.poll(() => part('memory-item').count(), SOON).toBe(2)
  const note = part('memory-item').filter({ hasText: 'The port is 7781.' })
  await note.getByRole('button', { name: /^Undo Note/ }).click()
  await expect.poll(() => visit.text('memory-outcome'), SOON).toContain('taken back')
  const gone = page.getByRole('region', { name: 'No longer in effect' })
  await gone.getByText('The port is 7781.').waitFor()
  expect(await gone.getByTestId('item-undo').count()).toBe(0)
  expect(await part('item-undo').count()).toBe(1)
  await part('memory-filter').fill('linter')
  await expect.poll(() => part('memory-item').count(), SOON).toBe(1)
  expect(await page.evaluate(() => 'harmed' in globalThis)).toBe(false)
  expect(visit.complaints).toEqual([])
  await page.close()
})

test('[PLAY14] the memory panel needs no pointer, and has no serious barrier', async () => {
  const visit = await visitPlayed(host)
  const { page, part } = visit
  const barriers = new Set<string>()
  const look = async (): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const barrier of await findBarriers(visit)) barriers.add(`${colorScheme} ${barrier}`)
    }
  }
  const press = (key: string): Promise<void> => page.keyboard.press(key)
  await page.evaluate(axe.source)
  await actAsModel(visit, 'memory_note', { text: 'The port is 7781.' })
  await tabTo(visit, '#tab-Generations')
  await press('ArrowRight')
  await tabTo(visit, '#memory-tab-recall')
  await tabTo(visit, '[data-testid="recall"]')
  await page.keyboard.type('append')
  await press('Enter')
  await part('passage').first().waitFor()
  await look()
  await page.locator('#memory-tab-recall').focus()
  await press('ArrowRight')
  await part('item-open').first().waitFor()
  await tabTo(visit, '[data-testid="item-open"]')
  await press('Enter')
  await part('piece').waitFor()
  await look()
  await page.locator('#memory-tab-payloads').focus()
  await press('End')
  await part('item-undo').waitFor()
  await look()
  await tabTo(visit, '[data-testid="item-undo"]')
  await press('Enter')
  await part('memory-outcome').waitFor()
  // The focus went with the button to what came of it, not to the page's beginning.
  expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('status')
  await page.setViewportSize({ width: 360, height: 640 })
  await page.getByRole('navigation', { name: 'Zones' }).getByText('Inspector').click()
  for (const list of ['recall', 'payloads', 'facts', 'rules', 'pads', 'notes']) {
    await openMemory(visit, list)
    await page
      .locator('.memory :is([data-testid="memory-count"], .empty, .hits):visible')
      .first()
      .waitFor()
    await look()
    const overflow = await page.locator('.tab-panel').evaluate((panel) => {
      return panel.scrollWidth - panel.clientWidth
    })
    expect(overflow).toBe(0)
  }
  expect([...barriers]).toEqual([])
  await page.close()
})

test('[PLAY15] hostile and very long payloads are shown as text, in parts', async () => {
  const visit = await host.visit()
  const { page, part } = visit
  const long = `${HOSTILE_TEXT}\n${'one unbroken line '.repeat(60_000)}`
  await playFile(
    visit,
    payloadSession((turn) => (turn === 2 ? long : `${HOSTILE_TEXT} ${turn}\n`.repeat(20)), 14),
  )
  await openMemory(visit, 'payloads')
  await part('memory-filter').fill('part-2.json')
  await part('item-open').first().click()
  await part('payload').getByText('Show all').click()
  await part('payload')
    .getByText(/page 1 of 4\d/)
    .waitFor()
  await part('payload').getByText('Next').click()
  await part('payload')
    .getByText(/page 2 of 4\d/)
    .waitFor()
  expect((await part('payload').textContent())?.length).toBeLessThan(30_000)
  for (const list of ['facts', 'rules', 'pads', 'recall']) await openMemory(visit, list)
  await recall(visit, 'onerror harmed')
  expect(await page.locator('.page :is(img, script, style, iframe, a)').count()).toBe(0)
  expect(await page.evaluate(() => 'harmed' in globalThis)).toBe(false)
  expect(visit.strangers).toEqual([])
  expect(visit.complaints).toEqual([])
  await page.close()
})
