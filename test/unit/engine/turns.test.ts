import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import type { ContextResult } from '../../../src/protocol/requests.ts'
import { BY_HAND, openTab, rowOf, testTokeniser, type Tab } from '../../support/build-engine.ts'
import { assistant, calls, result, turn, turns, user } from '../../support/build-log.ts'

const OUTPUT = 'a line of output\n'.repeat(60)
const LOOK = { adopt: false, format: 'plain' } as const
const AT_TURNS: PolicyOptions = { ...BY_HAND, applyAt: 'turn' }
const HARD = 2_000 * 0.95

/** A session with a candidate ready, below the hard threshold, at the end of a turn. */
async function withCandidate(
  policy: PolicyOptions = AT_TURNS,
): Promise<{ tab: Tab; session: Session }> {
  const tab = openTab()
  const session = await tab.backfold.session('s', policy)
  await session.append(...turns(5, OUTPUT))
  expect(await session.compact()).toMatchObject({ kind: 'ready' })
  expect(session.state.get().tokens.context).toBeLessThan(HARD)
  return { tab, session }
}

function shown(context: ContextResult): readonly string[] {
  return context.messages.map((message) => JSON.stringify(message))
}

test('[TURN1] a ready candidate is adopted by the first context of a turn', async () => {
  const { session } = await withCandidate()
  await session.append(user('and now?'))
  expect(await session.context()).toMatchObject({ adopted: true, generation: 1 })
  expect(await session.context()).toMatchObject({ adopted: false, generation: 1 })
})

test('[TURN1, TURN2] a candidate that comes in the middle of a turn waits for the next', async () => {
  const { tab, session } = await openSession(AT_TURNS)
  await session.append(...turns(5, OUTPUT), user('and now?'))
  const first = await session.context()
  await session.compact()
  expect(await session.context()).toMatchObject({ adopted: false, generation: 0 })
  await session.append(calls('x'))
  expect(await session.context()).toMatchObject({ adopted: false, generation: 0 })
  await session.append(result('x'))
  const later = await session.context()
  expect(later).toMatchObject({ adopted: false, generation: 0 })
  expect(shown(later).slice(0, first.messages.length)).toEqual(shown(first))
  await session.append(assistant('done'), user('next'))
  expect(await session.context()).toMatchObject({ adopted: true, generation: 1 })
  expect((await rowOf(tab, 's')).head).toBe(1)
})

test('[TURN2, CTX2] within a generation contexts grow at their end, byte for byte', async () => {
  const { session } = await withCandidate()
  await session.append(user('and now?'))
  let before = await session.context()
  for (const draft of turn(7, OUTPUT)) {
    await session.append(draft)
    const after = await session.context()
    expect(after.generation).toBe(1)
    expect(shown(after).slice(0, before.messages.length)).toEqual(shown(before))
    before = after
  }
})

test('[TURN3] at the hard threshold the session is folded first, in the middle of a turn too', async () => {
  const { session } = await openSession(AT_TURNS)
  await session.append(...turns(9, OUTPUT), user('read it'), calls('x'), result('x', OUTPUT))
  expect(session.state.get().tokens.context).toBeGreaterThan(HARD)
  const context = await session.context()
  expect(context).toMatchObject({ adopted: true, generation: 1, squeezed: false })
  expect(context.tokens).toBeLessThan(HARD)
  expect(await session.jobs()).toMatchObject([{ trigger: 'hard', state: 'applied' }])
})

test('[TURN3] a candidate that waits is taken first, and folded on where that is not enough', async () => {
  const { session } = await withCandidate({ ...AT_TURNS, applyAt: 'hard' })
  await session.append(...turn(6, OUTPUT), ...turn(7, OUTPUT), calls('x'))
  expect(session.state.get().tokens.context).toBeGreaterThan(HARD)
  expect(await session.context()).toMatchObject({ adopted: true, generation: 1 })
  await session.append(result('x', OUTPUT), ...turns(9, OUTPUT))
  expect((await session.context()).generation).toBe(2)
})

test('[TURN4] with manual applying only apply() and the hard threshold adopt', async () => {
  const { session } = await withCandidate({ ...BY_HAND, applyAt: 'manual' })
  await session.append(user('and now?'))
  expect(await session.context()).toMatchObject({ adopted: false, generation: 0 })
  expect(session.state.get()).toMatchObject({ candidate: 1, job: { status: 'ready' } })
  expect(await session.apply()).toEqual({ kind: 'applied', generation: 1 })
  expect(await session.context()).toMatchObject({ adopted: false, generation: 1 })
})

test('[TURN5] a context that is only looked at changes nothing', async () => {
  const { tab, session } = await withCandidate()
  await session.append(user('and now?'), ...turns(9, OUTPUT))
  expect(session.state.get().tokens.context).toBeGreaterThan(HARD)
  const row = await rowOf(tab, 's')
  const seen = tab.events.length
  expect(await session.context(LOOK)).toMatchObject({ adopted: false, generation: 0 })
  expect(await rowOf(tab, 's')).toEqual(row)
  expect(tab.events).toHaveLength(seen)
  // Nor does looking begin the turn.
  expect(await session.context()).toMatchObject({ adopted: true })
})

const size = fc.oneof(
  { weight: 3, arbitrary: fc.nat(400) },
  { weight: 1, arbitrary: fc.nat(30_000) },
)
const filler = size.map((length) => 'text '.repeat(Math.ceil(length / 5)))

/** Messages of any size, exchanges of any width, and what may never be answered. */
const appended: fc.Arbitrary<readonly Draft[]> = fc.oneof(
  filler.map((text) => [user(text)]),
  filler.map((text) => [assistant(text)]),
  fc.tuple(fc.integer({ min: 1, max: 12 }), filler, fc.boolean()).map(([width, text, answered]) => {
    const ids = Array.from({ length: width }, (_, index) => `c${index}`)
    return [calls(...ids), ...(answered ? ids.map((id) => result(id, text)) : [])]
  }),
  filler.map((text) => [{ ...user(text), parts: Array(8).fill({ type: 'text', text }) }]),
)

test('[TURN6, SQZ1, CTX4] whatever was appended, a context that is handed out fits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(appended, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 14 }),
      async (steps) => {
        const { session } = await openSession({ ...AT_TURNS, automatic: true })
        for (const [drafts, pinned, asks] of steps) {
          const { seqs } = await session.append(...drafts)
          if (pinned && seqs[0] !== undefined) await session.pin(seqs[0])
          if (!asks) continue
          const context = await session.context({ format: 'plain' })
          expect(context.tokens).toBeLessThan(HARD)
          expect(context.entries.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(context.tokens)
          const [again, later] = await Promise.all([session.context(LOOK), session.context(LOOK)])
          expect(shown(again)).toEqual(shown(later))
        }
      },
    ),
    { numRuns: 120 },
  )
})

test.each([
  ['openai', { role: 'user', content: 'word '.repeat(4_000) }],
  ['anthropic', { role: 'user', content: [{ type: 'text', text: 'word '.repeat(4_000) }] }],
] as const)(
  '[TURN6] a pinned message too large fits in the %s format too',
  async (format, huge) => {
    const { session } = await openSession(AT_TURNS)
    const { seqs } = await session.append(huge, ...turns(4))
    await session.pin(seqs[0] ?? 0)
    const context = await session.context({ format })
    expect(context.squeezed).toBe(true)
    // Names and brackets of the format count as well.
    expect(testTokeniser.count(JSON.stringify(context.messages))).toBeLessThan(2_200)
  },
)

async function openSession(policy: PolicyOptions): Promise<{ tab: Tab; session: Session }> {
  const tab = openTab()
  return { tab, session: await tab.backfold.session('s', policy) }
}

test('[TURN6] what a request holds beside its context counts against the budget too', async () => {
  const { session } = await openSession({ ...AT_TURNS, automatic: true })
  await session.append(...turns(3))
  const { tokens } = await session.context()
  const beside = HARD / 2
  // Reports of small contexts: the rest of what was counted must stand beside them.
  for (let report = 0; report < 4; report += 1) {
    await session.reportUsage({ inputTokens: Math.round(tokens + beside) })
  }
  await session.append(user('x'.repeat(HARD * 4)))
  const context = await session.context()
  expect(context.squeezed).toBe(true)
  expect(context.tokens).toBeLessThan(HARD - beside * 0.8)
})
