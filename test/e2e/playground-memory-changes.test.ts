import { readFileSync } from 'node:fs'
import axe from 'axe-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBarriers, openMemory, pickFile, playToEnd } from './drive-playground.ts'
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

/** A session with a rule and one goal reached twice by the same calls, long enough to be folded. */
function taughtSession(): string {
  const turn = (file: string, from: number, to: number): readonly object[] => {
    const call = (name: string, input: object): object => ({
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: `${name}-${file}`,
          type: 'function',
          function: { name, arguments: JSON.stringify(input) },
        },
      ],
    })
    const result = (name: string, content: string): object => ({
      role: 'tool',
      tool_call_id: `${name}-${file}`,
      content,
    })
    const path = `src/${file}.ts`
    const line = `const timeoutMs_${file} = ${from}`
    return [
      { role: 'user', content: `Raise the timeout in ${path} to ${to} seconds.` },
      call('read_file', { path }),
      result('read_file', `// settings\n${line}\n${'a line of settings\n'.repeat(300)}`),
      call('edit_file', { path, old: line, seconds: to }),
      result('edit_file', 'edited'),
      call('run_command', { command: `npm test -- ${path}` }),
      result('run_command', 'all tests passed'),
      {
        role: 'assistant',
        content: `The timeout of ${file} is ${to} seconds now, and its tests pass.`,
      },
    ]
  }
  const files = ['alpha', 'beta', 'gamma', 'delta', 'omega', 'kappa', 'sigma', 'theta']
  return JSON.stringify([
    { role: 'user', content: 'Never delete an entry of the ledger.' },
    { role: 'assistant', content: 'Understood.' },
    ...files.flatMap((file, index) => turn(file, 10 + index, 30 + index)),
  ])
}

async function visitTaught(): Promise<Visit> {
  const visit = await host.visit()
  const buffer = Buffer.from(taughtSession())
  await pickFile(visit, { name: 'taught.json', mimeType: 'application/json', buffer })
  await visit.part('budget').fill('6000')
  await visit.part('budget').press('Enter')
  await visit.part('start').click()
  await playToEnd(visit)
  return visit
}

/** Applies what is being prepared, which a change would wait for else. */
async function applyPrepared({ part }: Visit): Promise<void> {
  await part('compact').click()
  await part('apply').click()
  await expect.poll(() => part('apply').isDisabled(), SOON).toBe(true)
}

async function answered(visit: Visit, text: string | RegExp): Promise<void> {
  await visit.part('memory-outcome').filter({ hasText: text }).waitFor()
}

async function write(visit: Visit, text: string): Promise<void> {
  await visit.part('item-text').fill(text)
  await visit.page.getByRole('button', { name: 'Save' }).click()
}

test('[PLAY16] a rule is edited, removed and restored, and one added, with the context following', async () => {
  const visit = await visitTaught()
  const { page, part } = visit
  await applyPrepared(visit)
  await openMemory(visit, 'rules')
  const rule = part('memory-item').filter({ hasText: 'entry of the ledger' })
  const group = (name: string) => page.getByRole('region', { name, exact: true })
  await rule.getByTestId('item-edit').click()
  const edited = `Never touch an entry of the ledger. ${HOSTILE_TEXT}`
  await write(visit, edited)
  await answered(visit, 'The rule is edited.')
  await rule.getByText('said was “Never delete an entry of the ledger.”').waitFor()
  await rule.getByText('in the digest').waitFor()
  await rule.getByTestId('item-pin').click()
  await rule.getByText('pinned', { exact: true }).waitFor()
  await rule.getByTestId('item-remove').click()
  await group('Removed').getByText('Never touch an entry').waitFor()
  await rule.getByTestId('item-restore').click()
  await group('In force').getByText('Never touch an entry').waitFor()
  await rule.getByTestId('item-revert').click()
  await answered(visit, 'as it was said again')
  await part('list-add').click()
  await write(visit, 'Always write in English.')
  await answered(visit, 'The rule is added.')
  await group('In force').getByText('Always write in English.').waitFor()
  expect(await page.locator('.page :is(img, script, style, iframe, a)').count()).toBe(0)
  expect(await page.evaluate(() => 'harmed' in globalThis)).toBe(false)
  expect(visit.complaints).toEqual([])
  await page.close()
})

test('[PLAY17] a pad is renamed, edited, taken to a file, deleted and read back', async () => {
  const visit = await visitTaught()
  const { page, part } = visit
  await openMemory(visit, 'pads')
  const pad = part('memory-item').filter({ hasText: 'run_command' })
  await pad.first().waitFor()
  const all = await part('memory-item').count()
  await pad.first().getByTestId('item-rename').click()
  await write(visit, `Raise a timeout ${HOSTILE_TEXT}`.slice(0, 120))
  await answered(visit, 'The pad is renamed.')
  const renamed = part('memory-item').filter({ hasText: 'Raise a timeout' })
  await renamed.getByTestId('item-edit').click()
  await write(visit, 'Raise the timeout of a file')
  await answered(visit, 'The goal is changed.')
  await renamed.getByText('Raise the timeout of a file').waitFor()
  const download = page.waitForEvent('download')
  await part('list-export').click()
  const json = readFileSync(await (await download).path())
  await answered(visit, 'Written to action-pads.json.')

  await renamed.getByTestId('item-delete').click()
  await page.getByTestId('confirm-delete').click()
  await answered(visit, 'The pad is deleted')
  await expect.poll(() => part('memory-item').count(), SOON).toBe(all - 1)
  const file = { name: 'action-pads.json', mimeType: 'application/json' }
  await part('list-picker').setInputFiles({ ...file, buffer: json })
  await renamed.getByText('imported').waitFor()
  await part('list-picker').setInputFiles({ ...file, buffer: Buffer.from('[]') })
  await part('problem').waitFor()

  await page.evaluate(axe.source)
  for (const list of ['pads', 'rules', 'facts']) {
    await openMemory(visit, list)
    await part('memory-count').waitFor()
    expect(await findBarriers(visit)).toEqual([])
  }
  expect(await page.locator('.page :is(img, script, style, iframe, a)').count()).toBe(0)
  expect(await page.evaluate(() => 'harmed' in globalThis)).toBe(false)
  expect(visit.complaints).toEqual([])
  await page.close()
})
