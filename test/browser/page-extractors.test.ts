import { expect, test } from 'vitest'
import type { Session } from '../../src/client/session.ts'
import type { AbortSignalLike } from '../../src/core/ports/abort-signal-like.ts'
import type { ExtractorBlock, HostExtractor } from '../../src/core/ports/host-extractor.ts'
import { openPage, prose } from './open-page.ts'

const BY_HAND = { budget: { tokens: 4_000 }, automatic: false } as const

/** One call of an extractor that never answers. */
interface Call {
  /** Resolves when it is made. */
  readonly asked: Promise<void>
  /** Resolves when the extractor is told that its answer is needed no more. */
  readonly told: Promise<void>
  answer(signal: AbortSignalLike): Promise<never>
}

function createCall(): Call {
  let ask = (): void => {}
  let tell = (): void => {}
  return {
    asked: new Promise((resolve) => (ask = resolve)),
    told: new Promise((resolve) => (tell = resolve)),
    answer(signal) {
      ask()
      signal.addEventListener('abort', tell)
      return new Promise(() => {})
    },
  }
}

/** An extractor that never answers any of these calls. */
function hanging(timeoutMs: number, ...calls: readonly Call[]): HostExtractor {
  const coming = [...calls]
  return {
    name: 'hanging',
    timeoutMs,
    extract: (_, signal) => coming.shift()?.answer(signal) ?? Promise.resolve([]),
  }
}

async function fill(session: Session): Promise<void> {
  for (let turn = 1; turn <= 8; turn += 1) {
    await session.append(
      { role: 'user', content: `Please read part ${turn}.` },
      { role: 'assistant', content: prose(300, `p${turn}`) },
    )
  }
}

test('[EXT9] what the page’s extractor says of a block is in the digest', async () => {
  const blocks: ExtractorBlock[] = []
  const remark: HostExtractor = {
    name: 'remark',
    extract: async (block) => {
      blocks.push(block)
      const [first] = block.messages
      return [
        {
          section: 'decisions',
          text: 'Part 1 is read before all others.',
          sources: [first?.seq ?? 0],
        },
        { section: 'facts', text: 'Nobody wrote src/invented/path.ts.', sources: [1] },
      ]
    },
  }
  const { backfold } = await openPage({ extractors: [remark] })
  const session = await backfold.session('s', BY_HAND)
  await fill(session)
  expect(await session.compact({ instructions: 'Be brief.' })).toMatchObject({ kind: 'ready' })
  expect(blocks).toMatchObject([{ session: 's', job: 1, instructions: 'Be brief.' }])
  expect(blocks[0]?.messages[0]?.parts).toEqual([{ type: 'text', text: 'Please read part 1.' }])
  expect(await session.apply()).toEqual({ kind: 'applied', generation: 1 })
  const { text } = await session.generation(1)
  expect(text).toContain('Part 1 is read before all others.')
  expect(text).not.toContain('invented')
  await backfold.close()
})

test('[EXT3, EXT9, REG1] one that hangs is told, left out, and the fold is applied', async () => {
  const call = createCall()
  const { backfold } = await openPage({ extractors: [hanging(150, call)] })
  const session = await backfold.session('s', BY_HAND)
  await fill(session)
  const jobs = backfold.jobs()
  const seen = new Promise<void>((resolve) => {
    jobs.subscribe(() => {
      if (jobs.get()[0]?.jobs[0]?.state === 'applied') resolve()
    })
  })
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  await call.told
  expect(await session.apply()).toEqual({ kind: 'applied', generation: 1 })
  await seen
  const [job] = jobs.get()[0]?.jobs ?? []
  expect(job).toMatchObject({ state: 'applied', isHere: true, spend: { calls: 1 } })
  expect(job?.blocks[0]?.extractors).toContainEqual({
    name: 'hanging',
    state: 'left-out',
    reason: 'no answer within 0.15 s',
  })
  await backfold.close()
})

test('[EXT9, RUN1, ERR3] a cancelled job, and a closed one, tell the page’s extractor at once', async () => {
  const [first, second] = [createCall(), createCall()]
  const { backfold } = await openPage({ extractors: [hanging(600_000, first, second)] })
  const session = await backfold.session('s', BY_HAND)
  await fill(session)
  const outcome = session.compact()
  await first.asked
  expect(await session.cancel()).toBe(true)
  await first.told
  expect(await outcome).toMatchObject({ kind: 'abandoned', reason: 'cancelled' })
  const last = session.compact().catch((failure: unknown) => failure)
  await second.asked
  await backfold.close()
  await second.told
  await last
})

test('[EXT9, CLI1] a worker that dies needs its extractors no more', async () => {
  const call = createCall()
  const { backfold, workers } = await openPage({ extractors: [hanging(600_000, call)] })
  const session = await backfold.session('s', BY_HAND)
  await fill(session)
  const outcome = session.compact().catch((failure: unknown) => failure)
  await call.asked
  workers[0]?.terminate()
  await call.told
  expect(await outcome).toMatchObject({ code: 'WORKER_LOST' })
  await backfold.close()
})

test('[EXT7] extractors that make no sense are refused when Backfold is opened', async () => {
  const extract: HostExtractor['extract'] = async () => []
  const twice = [
    { name: 'same', extract },
    { name: 'same', extract },
  ]
  const invalid = { name: 'BackfoldError', code: 'INVALID_INPUT' }
  await expect(openPage({ extractors: twice })).rejects.toMatchObject(invalid)
})
