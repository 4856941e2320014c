import { expect, test } from 'vitest'
import type { HostSummariser } from '../../src/core/ports/host-summariser.ts'
import { openPage, prose } from './open-page.ts'

const SAID = 'Login fails after ten seconds. My guess is the proxy between them.'
const NOTE = 'The user suspected that the proxy broke the login.'

const SOON = { timeout: 20_000 }

/** A summariser of the page that notes what the user suspected, or does what a test says. */
function mine(summarise?: HostSummariser['summarise']): HostSummariser {
  return {
    name: 'mine',
    provider: 'mine',
    isLocal: true,
    summarise: summarise ?? (async () => JSON.stringify({ add: [{ text: NOTE, sources: [1] }] })),
  }
}

async function fold(page: Awaited<ReturnType<typeof openPage>>): Promise<string> {
  const session = await page.backfold.session('s', { budget: { tokens: 4_000 }, automatic: false })
  await session.append({ role: 'user', content: SAID })
  for (let turn = 1; turn <= 8; turn += 1) {
    await session.append(
      { role: 'assistant', content: prose(300, `p${turn}`) },
      { role: 'user', content: `Please read part ${turn}.` },
    )
  }
  const outcome = await session.compact()
  if (outcome.kind !== 'ready') throw new Error(`the fold ended as ${outcome.kind}`)
  return (await session.generation(outcome.generation)).text
}

test('[SVC10] a summariser of the page is asked from the worker with the models', async () => {
  const page = await openPage({ summarisers: mine() })
  expect(await fold(page)).toContain(NOTE)
  const summarisers = await page.backfold.summarisers()
  await expect
    .poll(() => summarisers.status.get().steps, SOON)
    .toMatchObject([{ name: 'mine', kind: 'host', state: { status: 'open' } }])
  expect(await summarisers.test(0)).toMatchObject({ kind: 'answered' })
  await summarisers.choose({ kind: 'built-in' })
  await expect.poll(() => summarisers.status.get().steps, SOON).toEqual([])
})

test('[SVC7, SVC10] a turn of the page gets the slot that a job holds', async () => {
  let held = 0
  let isHeld = true
  const page = await openPage({
    summarisers: mine(async (_, signal) => {
      held += 1
      if (isHeld) {
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        )
      }
      return JSON.stringify({ add: [{ text: NOTE, sources: [1] }] })
    }),
  })
  const folding = fold(page)
  await expect.poll(() => held, SOON).toBe(1)
  expect(
    await page.backfold.turn('mine', async () => {
      isHeld = false
      return held
    }),
  ).toBe(1)
  expect(await folding).toContain(NOTE)
  expect(held).toBeGreaterThan(1)
})

test('[SVC10] what is wrong with a choice is said at once', async () => {
  await expect(
    openPage({ summarisers: { kind: 'openai-compatible', baseUrl: 'nowhere', model: 'm' } }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  const page = await openPage({ summarisers: mine() })
  const summarisers = await page.backfold.summarisers()
  await expect(
    summarisers.choose({ kind: 'anthropic', model: 'small', contextTokens: 1 }),
  ).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  expect(await fold(page)).toContain(NOTE)
})
