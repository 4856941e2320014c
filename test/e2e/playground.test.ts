import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startScriptedServer, type ScriptedServer } from '../support/scripted-server.ts'
import {
  clickOnceFolded,
  dropFile,
  findBarriers,
  findInStorage,
  isInView,
  pickFile,
  playToEnd,
  playTour,
  readHead,
  readNewest,
  readPosition,
  recall,
  reopenNewest,
  say,
  tabTo,
  visitPlayed,
  type PickedFile,
} from './drive-playground.ts'
import { openPlayground, type PlaygroundHost, type Visit } from './open-playground.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import {
  ANTHROPIC_SESSION,
  CLAUDE_CODE_LOG,
  HOSTILE_TEXT,
  LEDGER_SESSION,
  OPENAI_SESSION,
} from './sample-sessions.ts'

/** Asks again until the answer is as expected. */
const SOON = { timeout: PATIENCE_MS }
let host: PlaygroundHost
let model: ScriptedServer

beforeAll(async () => {
  host = await openPlayground()
  model = await startScriptedServer()
})

afterAll(async () => {
  await host.close()
  await model.close()
})

function pickable(name: string, content: string | Buffer): PickedFile {
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) }
}

async function goLive({ part }: Visit, key: string): Promise<void> {
  await part('live-toggle').click()
  await part('live-base-url').fill(model.baseUrl)
  await part('live-model').fill('scripted-1')
  await part('live-key').fill(key)
  await part('live-on').click()
  await part('live-panel').waitFor({ state: 'detached' })
}

test('[PLAY1] a replay is folded as it plays, stays under its budget and takes what is typed', async () => {
  const visit = await host.visit()
  await visit.part('start').click()
  await visit.part('composer').fill('And what about the marmalade?')
  await visit.part('speed').selectOption('max')
  await clickOnceFolded(visit, 'send')
  await playToEnd(visit)
  expect(await visit.part('composer').inputValue()).toBe('')
  const total = await visit.number('replay-position')
  expect(total).toBeGreaterThan(100)
  expect(Number(await visit.part('chart').getAttribute('data-applied'))).toBeGreaterThan(1)
  const budget = Number(await visit.part('budget').inputValue())
  expect(await visit.number('log-tokens')).toBeGreaterThan(2 * budget)
  expect(await visit.number('largest-sent')).toBeGreaterThan(budget / 2)
  expect(await visit.number('largest-sent')).toBeLessThanOrEqual(budget)
  await expect.poll(() => readNewest(visit), SOON).toBe(total + 1)
  const [seq] = await recall(visit, 'marmalade')
  expect(seq).toBeGreaterThan(1)
  expect(seq).toBeLessThan(total)
  expect(visit.complaints).toEqual([])
  expect(visit.strangers).toEqual([])
  await visit.page.close()
})

test('[PLAY2] generations can be inspected, rolled back, made by hand, and their sources opened', async () => {
  const visit = await visitPlayed(host)
  const { page, part } = visit
  const first = await readHead(visit)
  await part('generation-1').click()
  const inspector = page.locator('[data-testid="inspector"][data-generation="1"]')
  await inspector.waitFor()
  const checks = part('checks').getByRole('listitem')
  expect(await checks.count()).toBeGreaterThan(4)
  expect(await part('checks').locator('[data-outcome="failed"]').count()).toBe(0)
  const link = inspector.getByTestId('source-link').first()
  const source = Number(/\d+/.exec((await link.textContent()) ?? '')?.[0])
  expect(await page.locator(`[data-seq="${source}"]`).count()).toBe(0)
  await link.click()
  await expect.poll(() => isInView(visit, source), SOON).toBe(true)
  await part('view-text').click()
  expect(await inspector.locator('.digest-text').textContent()).not.toBe('')
  await part('generation-2').click()
  await part('view-diff').click()
  await part('diff').getByText('added').first().waitFor()

  await part(`generation-${first}`).click()
  const parent = await visit.number('rollback-parent')
  await part('rollback-parent').click()
  await part('outcome').getByText(`Rolled back to generation ${parent}`).waitFor()
  await expect.poll(() => readHead(visit), SOON).toBe(parent)
  await part('rollback').click()
  await expect.poll(() => readHead(visit), SOON).toBe(first)

  await part('rollback-parent').click()
  await expect.poll(() => readHead(visit), SOON).toBe(parent)
  await part('compact').click()
  await part('outcome').getByText('is ready').waitFor()
  await part('apply').click()
  await expect.poll(() => readHead(visit), SOON).toBeGreaterThan(first)
  expect(await recall(visit, 'idempotent append')).not.toEqual([])
  expect(await part('problem').count()).toBe(0)
  await page.close()
})

test('[PLAY3] after a reload an earlier run is there whole and goes on where it stopped', async () => {
  const visit = await host.visit()
  const { page, part } = visit
  await part('start').click()
  await part('speed').selectOption('max')
  await clickOnceFolded(visit, 'play-pause')
  await part('replay-position').getByText('paused').waitFor()
  const [at = 0, total = 0] = await readPosition(visit)
  expect(at).toBeLessThan(total)
  await reopenNewest(visit)
  await say(visit, 'Said after the reload')
  const [position = 0] = await readPosition(visit)
  // One message may have been on its way when the replay was paused.
  expect([at, at + 1]).toContain(position)
  await expect.poll(() => readNewest(visit), SOON).toBe(position + 1)
  await part('play-pause').click()
  await playToEnd(visit)
  await expect.poll(() => readNewest(visit), SOON).toBe(total + 1)
  const whole = { head: await readHead(visit), log: await visit.number('log-tokens') }
  await reopenNewest(visit)
  await part('start').click()
  await part('replay-position').getByText('at its end').waitFor()
  await expect.poll(() => readNewest(visit), SOON).toBe(total + 1)
  expect({ head: await readHead(visit), log: await visit.number('log-tokens') }).toEqual(whole)
  expect(visit.complaints).toEqual([])
  await page.close()
})

test('[PLAY4] a session file is read when picked or dropped; a damaged one is refused with the reason', async () => {
  const visit = await host.visit()
  const { page, part } = visit
  await pickFile(visit, pickable('array.json', OPENAI_SESSION))
  await part('start').click()
  await playToEnd(visit)
  await part('messages').getByText('found in an array').waitFor()
  expect(await visit.text('replay-position')).toBe('3 of 3, at its end')

  await pickFile(visit, pickable('packed.json.gz', gzipSync(ANTHROPIC_SESSION)))
  await part('start').click()
  await playToEnd(visit)
  await part('messages').getByText('found in a packed file').waitFor()

  await dropFile(visit, 'log.jsonl', CLAUDE_CODE_LOG)
  await page.getByRole('heading', { name: 'log' }).waitFor()
  await part('start').click()
  await playToEnd(visit)
  await part('messages').getByText('read from a log of lines').waitFor()

  await dropFile(visit, 'torn.json', '[{"role": "user", "content": "cut off he')
  await part('problem').waitFor()
  expect(await visit.text('problem')).toMatch(/^FILE ?torn\.json.*(JSON|line|end)/)
  await part('messages').getByText('read from a log of lines').waitFor()
  await dropFile(visit, 'photo.json.gz', '\u001f\u008bnot packed at all')
  await part('problem').getByText('photo.json.gz').waitFor()
  expect(visit.complaints).toEqual([])
  await page.close()
})

test('[PLAY5] a live model is sent the folded context, and the key is kept nowhere', async () => {
  const visit = await host.visit()
  const { page, part } = visit
  const asked = model.requests.length
  await pickFile(visit, pickable('ledger.json', JSON.stringify(LEDGER_SESSION)))
  await part('budget').fill('5000')
  await part('budget').press('Enter')
  await part('start').click()
  await playToEnd(visit)
  await goLive(visit, 'sk-quince-and-pear')
  model.plan({ kind: 'answer', text: 'Übermorgen 漢字 🧾 – paid in full.', inputTokens: 4_321 })
  await say(visit, 'What is still owed?')
  await part('messages').getByText('Übermorgen 漢字 🧾 – paid in full.').waitFor()
  await part('live-answer').waitFor({ state: 'detached' })

  const sent = model.requests[asked]
  expect(sent?.path).toBe('/v1/chat/completions')
  expect(sent?.authorization).toBe('Bearer sk-quince-and-pear')
  expect(sent?.body).toMatchObject({ model: 'scripted-1', stream: true })
  const messages = sent?.body.messages ?? []
  const lead = messages.filter(({ role }) => role === 'system')
  const mark = Number(/Digest of messages 1–(\d+)/.exec(JSON.stringify(lead))?.[1])
  expect(mark).toBeGreaterThan(LEDGER_SESSION.length / 2)
  expect(JSON.stringify(lead)).toContain('You keep the ledger of a small shop.')
  expect(JSON.stringify(lead)).toContain('Never delete an entry of the ledger.')
  const own = { role: 'user', content: 'What is still owed?' }
  const tail = [...LEDGER_SESSION.slice(mark), own]
  // Where the fold ends depends on how fast it was; a context never begins with an answer.
  const rest = messages.slice(lead.length)
  const isOpened = tail[0]?.role !== 'user'
  expect(rest[0]?.role).toBe('user')
  expect(isOpened ? rest.slice(1) : rest).toEqual(tail)
  expect(await findInStorage(visit, 'What is still owed?')).not.toEqual([])
  expect(await findInStorage(visit, 'sk-quince-and-pear')).toEqual([])
  expect(visit.complaints).toEqual([])
  await page.close()
})

test('[PLAY6] a refused key is explained, and a stopped answer keeps what arrived', async () => {
  const visit = await host.visit()
  const { page, part } = visit
  await part('choose-session').click()
  await part('blank').click()
  await goLive(visit, 'sk-wrong')
  model.plan({ kind: 'refuse', status: 401, error: 'Incorrect API key provided' })
  await say(visit, 'Is anybody there?')
  await part('live-failure').waitFor()
  expect(await visit.text('live-failure')).toContain('Key refused (401)')
  expect(await visit.text('live-failure')).toContain('Incorrect API key provided')

  model.plan({ kind: 'hold', text: 'It all began when' })
  await say(visit, 'Tell me a long story')
  await part('live-answer').getByText('It all began when').waitFor()
  await part('stop-answer').click()
  await page.locator('article', { hasText: 'It all began when' }).waitFor()
  await part('messages').getByText('[The answer was stopped here.]').waitFor()
  await model.requests.at(-1)?.left
  expect(await part('live-failure').count()).toBe(0)

  model.plan({ kind: 'answer', text: 'Once more, then.', inputTokens: 90 })
  await say(visit, 'Go on')
  await part('messages').getByText('Once more, then.').waitFor()
  const contents = model.requests.at(-1)?.body.messages.map(({ content }) => content)
  expect(JSON.stringify(contents)).toContain('It all began when')
  await page.close()
})

test('[PLAY7] everything can be done by keyboard alone', async () => {
  const visit = await host.visit()
  const { page, part } = visit
  const press = (key: string): Promise<void> => page.keyboard.press(key)
  await part('start').and(page.locator(':enabled')).waitFor()
  await tabTo(visit, '[data-testid="start"]')
  await press('Enter')
  await part('speed').waitFor()
  await tabTo(visit, '[data-testid="speed"]')
  await press('End')
  await part('replay-position').getByText('at its end').waitFor()
  await tabTo(visit, '[data-testid="composer"]')
  await page.keyboard.type('typed, never clicked')
  await press('Enter')
  await page.locator('article', { hasText: 'typed, never clicked' }).waitFor()
  await tabTo(visit, '#tab-Generations')
  await tabTo(visit, '[data-testid="generation-1"]')
  await press('Enter')
  await page.locator('[data-testid="inspector"][data-generation="1"]').waitFor()
  await tabTo(visit, '[data-testid="source-link"]')
  const label = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  await press('Enter')
  await expect.poll(() => isInView(visit, Number(/\d+/.exec(label ?? '')?.[0])), SOON).toBe(true)
  await tabTo(visit, '[data-testid="choose-session"]')
  await press('Enter')
  await part('chooser').waitFor()
  await press('Escape')
  await part('chooser').waitFor({ state: 'detached' })
  await page.close()
})

test('[PLAY8] no serious barrier on the page, in light and dark, wide and narrow', async () => {
  const visit = await host.visit()
  const { page, part } = visit
  const barriers = new Set<string>()
  const look = async (): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const barrier of await findBarriers(visit)) barriers.add(`${colorScheme} ${barrier}`)
    }
  }
  await page.evaluate(axe.source)
  await part('start').and(page.locator(':enabled')).waitFor()
  await look()
  await playTour(visit)
  await part('checks').waitFor()
  await look()
  await recall(visit, 'append')
  await part('live-toggle').click()
  await look()
  await part('choose-session').click()
  await look()
  await page.keyboard.press('Escape')
  await dropFile(visit, 'torn.json', '[{')
  await part('problem').waitFor()
  await page.setViewportSize({ width: 360, height: 640 })
  for (const zone of ['State', 'Inspector', 'Session']) {
    await page.getByRole('navigation', { name: 'Zones' }).getByText(zone).click()
    await look()
  }
  expect([...barriers]).toEqual([])
  await page.close()
})

test('[PLAY9] what a session holds is shown as text, whatever it is', async () => {
  const visit = await host.visit()
  const { page, part } = visit
  const call = {
    id: HOSTILE_TEXT,
    type: 'function',
    function: { name: HOSTILE_TEXT, arguments: HOSTILE_TEXT },
  }
  const messages = [
    { role: 'user', content: HOSTILE_TEXT, name: HOSTILE_TEXT },
    { role: 'assistant', content: HOSTILE_TEXT, tool_calls: [call] },
    { role: 'tool', tool_call_id: HOSTILE_TEXT, content: HOSTILE_TEXT },
    {
      role: 'user',
      content: [{ type: 'image_url', image_url: { url: 'http://stranger.example/c' } }],
    },
  ]
  const file = JSON.stringify({ title: HOSTILE_TEXT, messages: Array(60).fill(messages).flat() })
  await pickFile(visit, pickable('<b onclick=harm()>x.json', file))
  await part('budget').fill('4000')
  await part('budget').press('Enter')
  await part('start').click()
  await playToEnd(visit)
  await part('inspector').waitFor()
  await part('view-text').click()
  for (const line of HOSTILE_TEXT.split('\n').slice(0, 4)) {
    await part('messages').getByText(line).first().waitFor()
  }
  expect(await page.locator('.page :is(img, script, style, iframe, a)').count()).toBe(0)
  expect(await page.evaluate(() => 'harmed' in globalThis)).toBe(false)
  expect(visit.strangers).toEqual([])
  expect(visit.complaints).toEqual([])
  await page.close()
})
