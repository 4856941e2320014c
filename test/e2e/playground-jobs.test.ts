import { afterAll, beforeAll, expect, test } from 'vitest'
import { playTour } from './drive-playground.ts'
import { openPlayground, type PlaygroundHost } from './open-playground.ts'
import { PATIENCE_MS } from '../support/patience.ts'

const SOON = { timeout: PATIENCE_MS }
let host: PlaygroundHost

beforeAll(async () => {
  host = await openPlayground()
})

afterAll(() => host.close())

test('[PLAY10] the jobs of all tabs are shown live, block by block, with owner and reason', async () => {
  const [onlooker, worker] = [await host.visit(), await host.visit()]
  // Opened before there is any job: everything it shows has reached it from the other tab.
  await onlooker.page.getByRole('tab', { name: 'Jobs' }).click()
  await playTour(worker)
  await worker.page.getByRole('tab', { name: 'Jobs' }).click()
  // The newest one may still wait for a turn.
  const applied = { hasText: 'applied' }
  const own = worker.part('jobs').getByRole('listitem').filter(applied).first()
  await expect.poll(() => own.textContent(), SOON).toMatch(/applied.*this tab, \d+ of \d+ blocks/)
  await onlooker.part('jobs').locator('summary').first().click()
  const seen = onlooker.part('jobs').getByRole('listitem').filter(applied).first()
  await expect.poll(() => seen.textContent(), SOON).toMatch(/generation \d+ applied.*another tab/)
  await seen.getByText('Blocks', { exact: true }).click()
  await expect
    .poll(() => seen.locator('.extractor').allTextContents(), SOON)
    .toContain('rules done')
  expect(onlooker.complaints).toEqual([])
})
