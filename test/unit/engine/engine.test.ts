import { expect, test } from 'vitest'
import type { Method, Params } from '../../../src/protocol/requests.ts'
import { BY_HAND, createOrigin, openTab, rowOf, settle } from '../../support/build-engine.ts'
import { turns, user } from '../../support/build-log.ts'

const OUTPUT = 'a line of output\n'.repeat(60)

/** One request of every kind. */
const REQUESTS: { readonly [M in Method]: Params<M> } = {
  open: { session: 's' },
  sessions: {},
  state: { session: 's' },
  search: { words: 'hello' },
  protect: { passphrase: null },
  delete: { session: 's' },
  describe: { session: 's', patch: {} },
  append: { session: 's', messages: [user('hello')] },
  context: { session: 's' },
  compact: { session: 's' },
  apply: { session: 's' },
  cancel: { session: 's' },
  generations: { session: 's' },
  generation: { session: 's', n: 1 },
  diff: { session: 's', a: 0, b: 1 },
  rollback: { session: 's', n: 0 },
  branch: { session: 's', after: 1 },
  pin: { session: 's', seq: 1, pinned: true },
  recall: { session: 's', query: 'hello' },
  tools: { session: 's' },
  runTool: { session: 's', name: 'recall_search', input: { query: 'hello' } },
  answerTools: { session: 's', message: {} },
  memory: { session: 's' },
  undo: { session: 's', action: 1 },
  pads: { session: 's' },
  rules: { session: 's' },
  facts: { session: 's' },
  editDigest: { session: 's', n: 1, patch: { lines: {} } },
  verify: { session: 's' },
  jobs: { session: 's' },
  registry: {},
  importFile: { transfer: 't', file: new Blob(['x']) },
  importProgress: { transfer: 't' },
  exportChunk: { transfer: 't', chunk: 0 },
  cancelTransfer: { transfer: 't' },
  reportUsage: { session: 's', inputTokens: 10 },
  configure: { session: 's', options: {} },
  summarisers: {},
  chooseSummarisers: { choices: [] },
  resetSummarisers: {},
  testSummariser: { step: 0 },
  trySummariser: { session: 's', step: 0 },
  commandSummariser: { step: 0, command: 'load' },
  sentToModels: {},
  beginTurn: { provider: 'p', turn: 't' },
  endTurn: { turn: 't' },
  tellDevice: { state: {} },
  sync: {},
  beginSync: { setup: { servers: [], space: 's', deviceName: 'd', fold: 'here' } },
  endSync: {},
  retrySync: {},
  renewSync: { credentials: { kind: 'token', token: 't' } },
  removeSyncDevice: { device: 'd' },
  skipMissing: { session: 's' },
  planRequest: { request: { url: '', headerNames: [], body: '' } },
  rescueRequest: { plan: 'p', status: 400, answer: '' },
  recordAnswer: { plan: 'p', answer: '' },
  continueRequest: { plan: 'p', answer: '' },
}

test.each(Object.keys(REQUESTS) as Method[])(
  '[ERR3] after close() %s ends with CLOSED',
  async (method) => {
    const { engine, backfold } = openTab()
    await engine.handle('open', { session: 's' })
    await backfold.close()
    await expect(engine.handle(method, REQUESTS[method])).rejects.toMatchObject({
      code: 'CLOSED',
      name: 'BackfoldError',
    })
  },
)

test('[ERR3] closing ends the job that runs, and a second close does nothing', async () => {
  const tab = openTab({
    digester: (real) => ({ ...real, extract: () => new Promise(() => {}) }),
  })
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append(...turns(6, OUTPUT))
  const compacting = session.compact()
  await settle()
  expect(session.state.get().job.status).toBe('running')
  await tab.backfold.close()
  await tab.backfold.close()
  expect(await compacting).toMatchObject({ kind: 'abandoned' })
  expect(tab.clock.waiting()).toBe(0)
})

test('[ERR3] one tab that is closed does not close another', async () => {
  const origin = createOrigin()
  const [one, other] = [openTab({ origin }), openTab({ origin })]
  const session = await other.backfold.session('s')
  await one.backfold.close()
  expect(await session.append(user('hello'))).toMatchObject({ seqs: [1] })
})

test('[POL1] a session’s policy is laid over and refused as a whole', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s', { budget: { tokens: 8_000 } })
  const state = await session.configure({ budget: { soft: 0.5 }, attempts: 2 })
  expect(state.budget).toEqual({ tokens: 8_000, soft: 4_000, hard: 7_600 })
  const { policy } = await rowOf(tab, 's')
  await expect(session.configure({ attempts: 4, minimumGain: 2 })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: 'minimumGain must be a number from 0 to 0.9, got 2',
  })
  expect((await rowOf(tab, 's')).policy).toEqual(policy)
  const again = await tab.backfold.session('s', { attempts: 7 })
  expect((await rowOf(tab, again.id)).policy).toEqual({ ...policy, attempts: 7 })
})

test('[ERR1] requests that make no sense are refused with a code', async () => {
  const { engine, backfold } = openTab()
  const session = await backfold.session('s')
  const invalid = { code: 'INVALID_INPUT' }
  for (const id of ['', 'x'.repeat(201), 7 as unknown as string]) {
    await expect(backfold.session(id)).rejects.toMatchObject(invalid)
  }
  await expect(engine.handle('toString' as Method, { session: 's' })).rejects.toMatchObject(invalid)
  await expect(
    engine.handle('append', { session: 's', messages: 'hello' as never }),
  ).rejects.toMatchObject(invalid)
  await expect(session.reportUsage({ inputTokens: -1 })).rejects.toMatchObject(invalid)
  await expect(session.branch(1)).rejects.toMatchObject(invalid)
  await expect(session.generation(3)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
})

test('[PIN1, STALE5] a pin that was there before the fold stays, one made since rebuilds it', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append(...turns(6, OUTPUT))
  await session.pin(2)
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(await session.apply()).toEqual({ kind: 'applied', generation: 1 })
  const { entries } = await session.context({ adopt: false, format: 'plain' })
  const shown = entries.map((entry) => (entry.kind === 'digest' ? 'digest' : entry.message.seq))
  expect(shown.slice(0, 3)).toEqual([2, 3, 'digest'])
  await session.append(...turns(6, OUTPUT))
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  await session.pin(session.state.get().mark + 1)
  expect(await session.apply()).toEqual({ kind: 'refused', reason: 'pin-covered' })
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(await session.apply()).toMatchObject({ kind: 'applied' })
})
