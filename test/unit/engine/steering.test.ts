import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import { sumCategories } from '../../../src/core/session/categories.ts'
import type { Context } from '../../../src/core/session/context.ts'
import { BY_HAND, hashOf, openTab, rowOf, type Tab } from '../../support/build-engine.ts'
import { turn } from '../../support/build-log.ts'

const LOOK = { adopt: false, format: 'plain' } as const

/** What a person may do to a session. */
type Deed =
  | { readonly do: 'append' | 'fold' }
  | { readonly do: 'roll-back' | 'branch' | 'pin' | 'unpin'; readonly to: number }

const target = fc.nat(1_000)
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Deed>({ do: 'append' }) },
  { weight: 4, arbitrary: fc.constant<Deed>({ do: 'fold' }) },
  { weight: 3, arbitrary: target.map((to): Deed => ({ do: 'roll-back', to })) },
  { weight: 1, arbitrary: target.map((to): Deed => ({ do: 'branch', to })) },
  { weight: 1, arbitrary: target.map((to): Deed => ({ do: 'pin', to })) },
  { weight: 1, arbitrary: target.map((to): Deed => ({ do: 'unpin', to })) },
)

/** The log as the checker knows it: by position, whether it is active. */
type Model = Map<number, { readonly parts: string; active: boolean }>

interface Steered {
  readonly tab: Tab
  readonly session: Session
  readonly model: Model
  /** Hash of the context before each generation was applied, and what was appended or pinned by then. */
  readonly before: Map<
    number,
    { readonly hash: string; readonly head: number; readonly stamp: string }
  >
}

async function carryOut(steered: Steered, deed: Deed): Promise<void> {
  const { session, model, tab } = steered
  const row = await rowOf(tab, 's')
  const active = [...model].flatMap(([seq, { active }]) => (active ? [seq] : []))
  const some = 'to' in deed ? active[deed.to % Math.max(1, active.length)] : undefined
  switch (deed.do) {
    case 'append': {
      const drafts = turn(model.size, `line of output ${model.size}\n`.repeat(30))
      const { seqs } = await session.append(...drafts)
      seqs.forEach((seq, i) => {
        model.set(seq, { parts: JSON.stringify(drafts[i]?.parts), active: true })
      })
      return
    }
    case 'fold': {
      const stamp = stampOf(row)
      const hash = await hashOf(tab, 's')
      if ((await session.compact()).kind !== 'ready') return
      const applied = await session.apply()
      if (applied.kind === 'applied') {
        steered.before.set(applied.generation, { hash, head: row.head, stamp })
      }
      return
    }
    case 'roll-back':
      await session.rollback(deed.to % (row.lastGeneration + 2))
      return
    case 'branch':
      if (some === undefined || some === active.at(-1)) return
      await session.branch(some)
      for (const [seq, message] of model) if (seq > some) message.active = false
      return
    case 'pin':
      if (some !== undefined) await session.pin(some)
      return
    case 'unpin':
      if (some !== undefined) await session.unpin(some)
  }
}

/** Changes when anything was appended, left behind or pinned. */
function stampOf({ nextSeq, branch, pins }: Awaited<ReturnType<typeof rowOf>>): string {
  return JSON.stringify([nextSeq, branch, pins])
}

function seqsOf(context: Context, ...kinds: readonly string[]): readonly number[] {
  return context.entries.flatMap((entry) =>
    entry.kind !== 'digest' && kinds.includes(entry.kind) ? [entry.message.seq] : [],
  )
}

/** Compares what is handed out and stored with the checker's own log. */
async function check({ session, model, tab, before }: Steered): Promise<void> {
  const context = await session.context(LOOK)
  const row = await rowOf(tab, 's')
  const active = [...model].flatMap(([seq, { active }]) => (active ? [seq] : []))
  expect(seqsOf(context, 'message', 'stubbed')).toEqual(active.filter((seq) => seq > row.mark))
  expect(seqsOf(context, 'pinned')).toEqual(
    active.filter((seq) => seq <= row.mark && row.pins.includes(seq)),
  )
  for (const entry of context.entries) {
    if (entry.kind === 'digest' || entry.kind === 'stubbed') continue
    expect(JSON.stringify(entry.message.parts)).toBe(model.get(entry.message.seq)?.parts)
  }
  if (!context.squeezed) expect(row.tokens.context).toEqual(context.categories)
  expect(row.messages).toBe(active.length)
  expect(row.candidate).toBe(0)
  const { generations, range } = await tab.store.read({
    session: 's',
    generations: 'all',
    range: { from: 1, to: 999 },
  })
  expect(range.map(({ parts }) => JSON.stringify(parts))).toEqual(
    [...model.values()].map(({ parts }) => parts),
  )
  const log = range.filter((message) => message.active)
  expect(row.tokens.log).toBe(log.reduce((sum, message) => sum + message.tokens, 0))
  const applied = generations.filter(({ status }) => status === 'applied').map(({ n }) => n)
  if (row.head !== 0) expect(applied).toContain(row.head)
  const shown = await (await tab.backfold.session('s')).generations()
  expect(shown.filter(({ status }) => status === 'applied').map(({ n }) => n)).toEqual(
    row.head === 0 ? [] : [row.head],
  )
  for (const known of before.values()) {
    if (known.head === row.head && known.stamp === stampOf(row)) {
      expect(await hashOf(tab, 's')).toBe(known.hash)
    }
  }
}

test('[ROLL1, ROLL2, BRA1, PIN1, CTX1, APPLY3, APPLY4, LOG4] whatever a person does in whatever order, the context is the log above the mark, and every generation comes back byte for byte', async () => {
  let restored = 0
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 22 }), async (deeds) => {
      const tab = openTab()
      const session = await tab.backfold.session('s', BY_HAND)
      const steered: Steered = { tab, session, model: new Map(), before: new Map() }
      for (const each of deeds) {
        await carryOut(steered, each)
        await check(steered)
      }
      // At the end everything is unfolded, fold by fold.
      const row = await rowOf(tab, 's')
      const last = steered.before.get(row.head)
      if (last) {
        await session.rollback(last.head)
        if (last.stamp === stampOf(row)) restored += 1
        await check(steered)
      }
    }),
    { numRuns: 150 },
  )
  expect(restored).toBeGreaterThan(5)
})

test('[ROLL1] what was appended since stays, and the older digest is back', async () => {
  const { tab, session } = await folded(2)
  const first = await session.generation(1)
  await session.append(...turn(90))
  expect(await session.rollback(1)).toEqual({ kind: 'rolled-back', from: 2, to: 1 })
  const context = await session.context(LOOK)
  expect(context.entries[0]).toMatchObject({ kind: 'digest', generation: 1, text: first.text })
  const { newest, mark } = session.state.get()
  expect(mark).toBe(first.mark)
  expect(seqsOf(context, 'message', 'stubbed')).toEqual(
    Array.from({ length: newest - mark }, (_, index) => mark + 1 + index),
  )
  const statuses = (await session.generations()).map(({ n, status }) => [n, status])
  expect(statuses).toEqual([
    [2, 'rolled-back'],
    [1, 'applied'],
  ])
  expect(tab.events.at(-1)).toMatchObject({ type: 'rolled-back', from: 2, to: 1 })
})

test('[ROLL2] the context rolled back to has the hash of the snapshot', async () => {
  const { tab, session } = await folded(3)
  const { snapshots } = await tab.store.read({ session: 's', snapshots: [1, 2, 3] })
  expect(snapshots.map(({ n, generation }) => [n, generation])).toEqual([
    [1, 0],
    [2, 1],
    [3, 2],
  ])
  await session.rollback(2)
  expect(await hashOf(tab, 's')).toBe(snapshots[2]?.hash)
  const again = await session.rollback(3)
  expect(again.kind).toBe('rolled-back')
  expect(await hashOf(tab, 's')).not.toBe(snapshots[2]?.hash)
})

test('[ROLL3] a rollback that makes no sense is refused and changes nothing', async () => {
  const { tab, session } = await folded(2)
  await session.append(...turn(50, 'x'.repeat(900)), ...turn(51, 'y'.repeat(900)))
  expect(await session.compact()).toMatchObject({ kind: 'ready', generation: 3 })
  const before = await rowOf(tab, 's')
  const reasonOf = async (n: number): Promise<string> => {
    const outcome = await session.rollback(n)
    return outcome.kind === 'refused' ? outcome.reason : outcome.kind
  }
  expect(await reasonOf(2)).toContain('head already')
  expect(await reasonOf(9)).toContain('no generation 9')
  expect(await reasonOf(3)).toContain('never applied')
  expect(await rowOf(tab, 's')).toEqual(before)
  const { mark } = await session.generation(1)
  await session.branch(mark - 1)
  expect(await reasonOf(1)).toContain('left the active path')
})

test('[ROLL4] a rollback ends the candidate, and the next job waits for growth', async () => {
  const { tab, session } = await folded(2)
  await session.append(...turn(50, 'x'.repeat(900)), ...turn(51, 'y'.repeat(900)))
  await session.compact()
  await session.rollback(1)
  expect(await session.apply()).toMatchObject({ kind: 'refused', reason: 'no-candidate' })
  const [job] = await session.jobs()
  expect(job).toMatchObject({ state: 'superseded', generation: 3 })
  expect(job?.reason).toBeTruthy()
  expect((await session.generation(3)).status).toBe('rejected')

  await session.rollback(0)
  const { length } = await session.jobs()
  const row = await rowOf(tab, 's')
  const tokens = sumCategories(row.tokens.context)
  expect(row.holdUntil).toBe(tokens + 200)
  await session.configure({ budget: { tokens: Math.round(tokens * 1.1) }, automatic: true })
  expect(await session.jobs()).toHaveLength(length)
  const started = new Promise((resolve) => session.on('job-started', resolve))
  await session.append(...turn(60, 'z'.repeat(1_200)), ...turn(61, 'z'.repeat(1_200)))
  await started
  expect(await session.jobs()).toHaveLength(length + 1)
})

/** A session with this many generations applied one after the other, each over two more turns. */
async function folded(generations: number): Promise<{ tab: Tab; session: Session }> {
  const tab = openTab()
  const session = await tab.backfold.session('s', BY_HAND)
  for (let n = 1; n <= generations; n += 1) {
    const outputs = [1, 2, 3].map((i) => turn(n * 10 + i, `output ${n} ${i}\n`.repeat(60)))
    await session.append(...outputs.flat())
    expect(await session.compact()).toMatchObject({ kind: 'ready' })
    expect(await session.apply()).toEqual({ kind: 'applied', generation: n })
  }
  return { tab, session }
}
