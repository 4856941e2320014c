import { expect, test } from 'vitest'
import type { Draft } from '../../../src/core/session/message.ts'
import { createOrigin, openTab, rowOf, settle, until } from '../../support/build-engine.ts'
import { assistant, calls, result, turn, turns, user } from '../../support/build-log.ts'
import { createGate, OUTPUT } from './gated-digester.ts'
import { ADDRESS, AGAIN, evidenceOf, folded, MUCH, nextTurn, RULE, told } from './folded-session.ts'

test('[PROB6] what the user says again brings the older generation back, with the reason', async () => {
  const held = await folded()
  expect(held.session.state.get().probation).toEqual({ generation: 1, turnsLeft: 4, evidence: [] })
  const context = await nextTurn(held, AGAIN)
  expect(context).toMatchObject({ adopted: true, generation: 0 })
  expect(JSON.stringify(context.messages[0])).toContain(ADDRESS)
  expect(told(held.tab, 'rolled-back')).toMatchObject([{ from: 1, to: 0 }])
  expect(told(held.tab, 'rolled-back')[0]).toHaveProperty(
    'reason',
    'message 27 says that it was said before; message 1 is covered and the context lacks staging, server, answers',
  )
  expect(held.session.state.get()).toMatchObject({ generation: 0, probation: null })
  expect((await held.session.generation(1)).status).toBe('rolled-back')
  // Nor is the same folded away again before the context has grown.
  await held.session.configure({ automatic: true, budget: { soft: 0.1, target: 0.05 } })
  await settle()
  expect(held.session.state.get().job.status).toBe('idle')
})

test('[PROB3, PROB6] a rule that has to be repeated is evidence', async () => {
  const held = await folded()
  expect(await nextTurn(held, user(RULE))).toMatchObject({ generation: 0 })
  expect(told(held.tab, 'rolled-back')[0]).toHaveProperty(
    'reason',
    'message 27 repeats a rule of message 3 that the digest does not have',
  )
})

test('[PROB3, PROB4] what the digest has kept speaks for nothing', async () => {
  const held = await folded({}, { digester: (real) => real })
  expect(await nextTurn(held, AGAIN)).toMatchObject({ generation: 1 })
  await held.session.append(assistant('Done.'))
  expect(await nextTurn(held, user(RULE))).toMatchObject({ generation: 1 })
  expect(told(held.tab, 'rolled-back')).toEqual([])
})

test('[PROB6, TURN2] what the model asks for counts at the next turn, not in this one', async () => {
  const held = await folded()
  const { session } = held
  await nextTurn(held, user('Go on.'))
  const asking: Draft = {
    role: 'assistant',
    parts: [
      { type: 'text', text: 'Could you remind me which port the staging server answers on?' },
      { type: 'tool-call', callId: 'x', name: 'look', input: '{}' },
    ],
  }
  expect(await nextTurn(held, asking)).toMatchObject({ adopted: false, generation: 1 })
  await until(() => evidenceOf(held).length === 1)
  expect(await nextTurn(held, result('x'))).toMatchObject({ adopted: false, generation: 1 })
  await session.append(assistant('Done.'))
  expect(await nextTurn(held, user('Go on.'))).toMatchObject({ adopted: true, generation: 0 })
  expect(told(held.tab, 'rolled-back')).toHaveLength(1)
})

test('[PROB6, CTX5] the context that comes back is that of the older generation', async () => {
  const held = await folded()
  const { session } = held
  const [first] = await session.generations()
  await session.append(...turns(5, OUTPUT))
  expect(await session.compact()).toMatchObject({ kind: 'ready', generation: 2 })
  expect(await nextTurn(held, user('Go on.'))).toMatchObject({ generation: 2 })
  await session.append(assistant('Done.'))
  const context = await nextTurn(held, AGAIN)
  expect(context).toMatchObject({ adopted: true, generation: 1, mark: first?.mark })
  expect(context.entries[0]?.kind).toBe('digest')
  expect(told(held.tab, 'rolled-back')).toMatchObject([{ from: 2, to: 1 }])
})

test('[PROB7] where the older context would not fit, what is missed is pinned', async () => {
  const held = await folded({ budget: { tokens: 2_000 } })
  const { session, tab } = held
  await session.append(...MUCH)
  const before = session.state.get().tokens.context
  const context = await nextTurn(held, AGAIN)
  expect(context).toMatchObject({ adopted: true, generation: 1, squeezed: false })
  expect(context.messages[0]).toMatchObject({ text: ADDRESS })
  expect(told(tab, 'rolled-back')).toEqual([])
  const [mended] = told(tab, 'mended')
  expect(mended).toMatchObject({ generation: 1, pinned: [1] })
  expect(mended).toHaveProperty('reason', expect.stringContaining('message 1 is covered'))
  expect(mended?.after.pinned).toBeGreaterThan(mended?.before.pinned ?? Infinity)
  expect((await rowOf(tab, 's')).pins).toEqual([1])
  expect(session.state.get().probation).toBeNull()
  expect(session.state.get().tokens.context).toBeGreaterThan(before)
  // It is mended once: the probation is over.
  await session.append(assistant('Done.'))
  expect(await nextTurn(held, user(RULE))).toMatchObject({ generation: 1, adopted: false })
  expect(told(tab, 'mended')).toHaveLength(1)
})

test('[PROB7] a mend that is refused ends the probation all the same', async () => {
  const held = await folded({ budget: { tokens: 2_000 } })
  const { session, tab } = held
  // As many pins as there may be, none of them covered.
  const { seqs } = await session.append(...Array<Draft>(200).fill(assistant('x')))
  for (const seq of seqs.slice(-200)) await session.pin(seq)
  const again = await nextTurn(held, assistant('Done.'), AGAIN)
  expect(again.generation).toBe(1)
  expect(told(tab, 'mended')).toMatchObject([{ pinned: [] }])
  expect(session.state.get().probation).toBeNull()
})

test('[PROB6] a turn waits for what is being looked up for a moment only', async () => {
  const gate = createGate()
  const held = await folded(
    {},
    {
      examiner: (real) => ({
        async examine(request, signal) {
          await gate.pass()
          return real.examine(request, signal)
        },
      }),
    },
  )
  const { session, tab } = held
  await session.append(AGAIN)
  const context = session.context()
  await gate.begun
  await settle()
  tab.clock.pass(49)
  await settle()
  expect(tab.events.at(-1)?.type).toBe('appended')
  tab.clock.pass(1)
  expect(await context).toMatchObject({ generation: 1 })
  gate.open()
  await until(() => evidenceOf(held).length === 1)
  expect(await session.context()).toMatchObject({ generation: 1 })
  await session.append(assistant('Done.'))
  expect(await nextTurn(held, user('Go on.'))).toMatchObject({ generation: 0 })
})

test('[PROB6] an examiner that hangs is given up, and the next message is looked at', async () => {
  const seen: number[] = []
  const held = await folded(
    {},
    {
      examiner: (real) => ({
        examine(request, signal) {
          seen.push(request.seq)
          return seen.length === 1 ? new Promise(() => {}) : real.examine(request, signal)
        },
      }),
    },
  )
  const { session, tab } = held
  await until(() => seen.length === 1)
  await session.append(AGAIN)
  tab.clock.pass(10_000)
  await until(() => evidenceOf(held).length === 1)
  expect(seen).toEqual([26, 27])
  expect(await session.context()).toMatchObject({ generation: 0 })
})

test('[PROB6, RUN1] an examiner that fails, or a disk that does, costs the evidence only', async () => {
  let fails = true
  const held = await folded(
    {},
    {
      examiner: (real) => ({
        examine: (...asked) =>
          fails ? Promise.reject(new Error('it broke')) : real.examine(...asked),
      }),
    },
  )
  expect(await nextTurn(held, AGAIN)).toMatchObject({ generation: 1 })
  fails = false
  await held.session.append(assistant('Done.'))
  expect(await nextTurn(held, user(RULE))).toMatchObject({ generation: 0 })
})

test('[PROB6] what one tab has found, another acts on', async () => {
  const origin = createOrigin()
  const held = await folded({}, { origin })
  const other = openTab({ origin })
  const session = await other.backfold.session('s')
  await held.session.append(AGAIN)
  await until(() => evidenceOf(held).length === 1)
  expect(await session.context()).toMatchObject({ adopted: true, generation: 0 })
  expect(told(other, 'rolled-back')).toHaveLength(1)
  await until(() => held.session.state.get().generation === 0)
})

test('[PROB6] a head that another tab moves at that moment is left alone', async () => {
  const origin = createOrigin()
  const meanwhile: { work?: () => Promise<unknown> } = {}
  const held = await folded(
    {},
    {
      origin,
      store: (real) => ({
        ...real,
        async commit(query, decide) {
          if (query.generations === 'all') await meanwhile.work?.()
          return real.commit(query, decide)
        },
      }),
    },
  )
  const other = await openTab({ origin }).backfold.session('s')
  await held.session.append(...MUCH)
  expect(await other.compact()).toMatchObject({ kind: 'ready', generation: 2 })
  await held.session.configure({ applyAt: 'manual' })
  await held.session.append(AGAIN)
  await until(() => evidenceOf(held).length === 1)
  meanwhile.work = () => other.apply()
  expect(await held.session.context()).toMatchObject({ generation: 2 })
  expect(told(held.tab, 'rolled-back')).toEqual([])
  expect(told(held.tab, 'mended')).toEqual([])
  expect((await rowOf(held.tab, 's')).pins).toEqual([])
})

test('[PROB2] calls and results are not listened to', async () => {
  const seen: number[] = []
  const held = await folded(
    {},
    { examiner: () => ({ examine: async ({ seq }) => void seen.push(seq) }) },
  )
  await held.session.append(...turn(7), calls('x'), result('x', 'I already told you.'))
  await settle()
  expect(seen).toEqual([26, 27, 30])
})
