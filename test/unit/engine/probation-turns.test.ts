import { expect, test } from 'vitest'
import { rowOf, settle, until } from '../../support/build-engine.ts'
import { assistant, turns, user } from '../../support/build-log.ts'
import { createGate, OUTPUT } from './gated-digester.ts'
import { AGAIN, evidenceOf, folded, nextTurn, RULE, told } from './folded-session.ts'

test('[PROB5, PROB6] the fourth recall of the covered part by the model takes the fold back', async () => {
  const held = await folded()
  const { session, tab } = held
  const covered = { from: 1, to: 2 }
  const recall = (): Promise<unknown> => session.recall(covered, { by: 'model' })
  await recall()
  await recall()
  await settle()
  expect(evidenceOf(held)).toEqual([])
  await recall()
  await until(() => evidenceOf(held).length === 1)
  expect(evidenceOf(held)).toEqual(['the model recalled the covered part 3 times'])
  // One piece of evidence is not enough.
  expect(await nextTurn(held, user('Go on.'))).toMatchObject({ generation: 1 })
  await session.append(assistant('Done.'))
  await recall()
  expect(await nextTurn(held, user('Go on.'))).toMatchObject({ generation: 0 })
  expect(told(tab, 'rolled-back')[0]).toHaveProperty(
    'reason',
    'the model recalled the covered part 3 times; the model recalled the covered part 4 times',
  )
})

test('[PROB5] recalls by words count when they find what is covered', async () => {
  const held = await folded()
  for (let time = 1; time <= 4; time += 1) {
    await held.session.recall('staging server harbor', { by: 'model' })
  }
  expect(await nextTurn(held, user('Go on.'))).toMatchObject({ generation: 0 })
})

test('[PROB5] what a person recalls, and what is not covered, speaks for nothing', async () => {
  const held = await folded()
  const { session } = held
  for (let time = 1; time <= 6; time += 1) {
    await session.recall({ from: 1, to: 4 })
    await session.recall({ from: 1, to: 4 }, { by: 'person' })
    await session.recall('staging server')
    await session.recall({ from: 26, to: 26 }, { by: 'model' })
    await session.recall('nothing says this', { by: 'model' })
  }
  expect(await nextTurn(held, user('Go on.'))).toMatchObject({ generation: 1 })
  expect(evidenceOf(held)).toEqual([])
})

test('[PROB5] recalls are counted for each generation anew', async () => {
  const held = await folded()
  const { session } = held
  const recall = (): Promise<unknown> => session.recall({ from: 1, to: 2 }, { by: 'model' })
  await recall()
  await recall()
  await session.append(...turns(5, OUTPUT))
  await session.compact()
  expect(await session.apply()).toEqual({ kind: 'applied', generation: 2 })
  await recall()
  await recall()
  await settle()
  expect(evidenceOf(held)).toEqual([])
})

test('[PROB1] the probation lasts so many turns and no longer', async () => {
  const held = await folded({ probation: { turns: 2 } })
  const { session } = held
  const left: (number | undefined)[] = []
  for (let turn = 1; turn <= 3; turn += 1) {
    left.push(session.state.get().probation?.turnsLeft)
    await nextTurn(held, user('Go on.'))
    await session.append(assistant('Done.'))
  }
  expect(left).toEqual([3, 2, 1])
  expect(session.state.get().probation).toBeNull()
  expect(await nextTurn(held, AGAIN)).toMatchObject({ generation: 1 })
  for (let time = 1; time <= 5; time += 1) await session.recall({ from: 1, to: 2 }, { by: 'model' })
  await session.append(assistant('Done.'))
  expect(await nextTurn(held, user('Go on.'))).toMatchObject({ generation: 1 })
  expect((await rowOf(held.tab, 's')).probation?.evidence).toEqual([])
})

test('[PROB1, PROB6] evidence of the last turn counts when the next begins', async () => {
  const held = await folded({ probation: { turns: 1 } })
  await nextTurn(held, user('Go on.'))
  expect(held.session.state.get().probation?.turnsLeft).toBe(1)
  for (let time = 1; time <= 4; time += 1) {
    await held.session.recall({ from: 1, to: 2 }, { by: 'model' })
  }
  await held.session.append(assistant('Done.'))
  expect(await nextTurn(held, user('Go on.'))).toMatchObject({ generation: 0 })
})

test('[PROB1] without turns there is no probation, and nothing is looked up', async () => {
  let examined = 0
  const held = await folded(
    { probation: { turns: 0 } },
    { examiner: (real) => ({ examine: (...asked) => ((examined += 1), real.examine(...asked)) }) },
  )
  expect(held.session.state.get().probation).toBeNull()
  expect(await nextTurn(held, AGAIN)).toMatchObject({ generation: 1 })
  for (let time = 1; time <= 5; time += 1) {
    await held.session.recall({ from: 1, to: 2 }, { by: 'model' })
  }
  await held.session.append(assistant('Done.'))
  expect(await nextTurn(held, user('Go on.'))).toMatchObject({ generation: 1 })
  expect(examined).toBe(0)
})

test('[PROB1, PROB6] the policy says how much evidence it takes', async () => {
  const held = await folded({ probation: { evidence: 3 } })
  expect(await nextTurn(held, AGAIN)).toMatchObject({ generation: 1 })
  expect(evidenceOf(held)).toHaveLength(1)
  await held.session.append(assistant('Done.'))
  expect(await nextTurn(held, user(RULE))).toMatchObject({ generation: 0 })
})

test('[PROB1] what a person does to the head ends the probation', async () => {
  const held = await folded({ probation: { evidence: 3 } })
  await nextTurn(held, AGAIN)
  expect(await held.session.rollback(0)).toMatchObject({ kind: 'rolled-back' })
  expect(held.session.state.get().probation).toBeNull()
  expect(told(held.tab, 'rolled-back')[0]).not.toHaveProperty('reason')
})

test('[PROB1] evidence against one generation does not count against the next', async () => {
  const gate = createGate()
  const held = await folded(
    {},
    {
      examiner: (real) => ({
        async examine(request, signal) {
          const piece = await real.examine(request, signal)
          if (piece) await gate.pass()
          return piece
        },
      }),
    },
  )
  const { session } = held
  await session.append(AGAIN)
  await gate.begun
  await session.append(assistant('Done.'), ...turns(3, OUTPUT))
  await session.compact()
  await session.apply()
  expect(session.state.get().probation).toMatchObject({ generation: 2 })
  gate.open()
  await settle()
  await settle()
  expect(evidenceOf(held)).toEqual([])
})
