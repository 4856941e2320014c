import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addEvidence,
  probationNow,
  showsLoss,
  startProbation,
  weighRecalls,
  type Evidence,
  type Probation,
} from '../../../../src/core/compaction/probation.ts'
import { weighSuspicion } from '../../../../src/core/compaction/weigh-suspicion.ts'
import { suspectLoss, type Suspicion } from '../../../../src/core/memory/loss-cues.ts'
import { textOf, type Draft, type Message } from '../../../../src/core/session/message.ts'
import { assistant, buildLog, result, system, user } from '../../../support/build-log.ts'

const POLICY = { turns: 3, evidence: 2 }

function piece(fields: Partial<Evidence> = {}): Evidence {
  return { kind: 'said-again', seq: 9, covered: [1], weight: 1, detail: 'it says so', ...fields }
}

function started(...evidence: readonly Evidence[]): Probation {
  return { generation: 4, until: 10, evidence }
}

/** What message 50, said now, comes to against these covered messages and this context. */
function weigh(said: Draft, covered: readonly Draft[], context: string): Evidence | undefined {
  const suspicion = suspectLoss(said)
  if (!suspicion) throw new Error('that is not suspicious')
  return weighSuspicion(50, suspicion, context, buildLog(covered).messages)
}

test('[PROB1] probation lasts for as many turns as the policy says', () => {
  const probation = startProbation(4, 7, POLICY)
  expect(probation).toEqual({ generation: 4, until: 10, evidence: [] })
  const isUnderWay = (turns: number): boolean =>
    probationNow({ head: 4, turns, probation }) !== undefined
  expect([7, 8, 9, 10, 11, 99].map(isUnderWay)).toEqual([true, true, true, true, false, false])
  expect(startProbation(4, 7, { ...POLICY, turns: 0 })).toBeNull()
  expect(startProbation(4, 7, { ...POLICY, turns: 1 })?.until).toBe(8)
})

test('[PROB1] probation ends when the head moves', () => {
  const probation = started()
  expect(probationNow({ head: 4, turns: 8, probation })).toBe(probation)
  for (const head of [0, 3, 5]) {
    expect(probationNow({ head, turns: 8, probation })).toBeUndefined()
  }
  expect(probationNow({ head: 4, turns: 8, probation: null })).toBeUndefined()
})

test('[PROB3] a repeated rule that is covered and not in the context is evidence', () => {
  const covered = [assistant('fine'), user('Hello. Never touch the lock file.')]
  const said = user('Never touch the lock file!')
  expect(weigh(said, covered, 'You are an assistant.\nThe build is green.')).toEqual({
    kind: 'rule-repeated',
    seq: 50,
    covered: [2],
    weight: 2,
    detail: 'message 50 repeats a rule of message 2 that the digest does not have',
  })
  const byHost = [system('Never touch the lock file.')]
  expect(weigh(said, byHost, '')).toMatchObject({ covered: [1] })
})

test('[PROB3] a rule that the context has is no evidence, wherever it stands there', () => {
  const covered = [user('Never touch the lock file.')]
  const said = user('Never touch the lock file!')
  // Of one line only the first words are compared.
  const long = Array.from({ length: 60 }, (_, index) => `Word${index} stands here. `).join('')
  const contexts = [
    '## Standing rules (quoted)\n- “Never touch the lock file.” (#1)\n[End of digest]',
    `before\n${long}Never touch the lock file. ${long}\nafter`,
    'please never touch the lock file',
  ]
  for (const context of contexts) expect(weigh(said, covered, context), context).toBeUndefined()
})

test('[PROB3] a rule that nobody has stated in the covered part is no evidence', () => {
  const said = user('Never touch the lock file!')
  const rule = 'Never touch the lock file.'
  const others: readonly (readonly Draft[])[] = [
    [],
    [user('Always answer in German.')],
    [user('The lock file is what we touch.')],
    // What the model or a tool says never was a rule.
    [assistant(rule), result('a', rule)],
  ]
  for (const covered of others) expect(weigh(said, covered, '')).toBeUndefined()
})

test('[PROB3] of several rules the first that is lost counts', () => {
  const covered = [user('Never touch the lock file.'), user('Always answer in German.')]
  const said = user('Never touch the lock file. Always answer in German.')
  const context = '- “Never touch the lock file.” (#1)'
  expect(weigh(said, covered, context)).toMatchObject({ covered: [2] })
  expect(weigh(said, covered, '')).toMatchObject({ covered: [1] })
  // The first was never stated before: it is new.
  expect(weigh(said, covered.slice(1), '')).toMatchObject({ covered: [1] })
  expect(weigh(said, covered, `${context}\n- “Always answer in German.” (#2)`)).toBeUndefined()
})

const TOLD = user('I already told you: port 8081 in src/db.ts for staging.')

test('[PROB4] what was said again is evidence if it is covered and the context lacks it', () => {
  const covered = [assistant('fine'), user('For staging take port 8081, it stands in src/db.ts.')]
  expect(weigh(TOLD, covered, 'The build is green.')).toEqual({
    kind: 'said-again',
    seq: 50,
    covered: [2],
    weight: 2,
    detail:
      'message 50 says that it was said before; message 2 is covered and the context lacks 8081, src/db.ts, staging',
  })
})

test('[PROB4] it weighs less where the context has most of it, and nothing where it has all', () => {
  const covered = [user('For staging take port 8081, it stands in src/db.ts.')]
  const weight = (context: string): number | undefined => weigh(TOLD, covered, context)?.weight
  expect(weight('about staging')).toBe(2)
  expect(weight('about STAGING in src/db.ts')).toBe(1)
  expect(weight('about staging in src/db.ts, port 8081')).toBeUndefined()
})

test('[PROB4] what no covered message is about is no evidence', () => {
  // One word of three may be a coincidence.
  expect(weigh(TOLD, [user('Staging is down.')], '')).toBeUndefined()
  expect(weigh(TOLD, [user('Staging is down on 8081.')], '')).toMatchObject({ covered: [1] })
  expect(weigh(TOLD, [], '')).toBeUndefined()
  const covered = [user('I told the team already, please remember, you forgot it before.')]
  const nothing = user('I already told you that before, please remember.')
  expect(weigh(nothing, covered, '')).toBeUndefined()
})

test('[PROB4] what the model asks for is evidence in the same way', () => {
  const asked = assistant('Could you remind me which schema the invoices have?')
  const covered = [user('The schema of the invoices is in docs/invoice.md.')]
  expect(weigh(asked, covered, 'The build is green.')).toMatchObject({
    kind: 'asked-for',
    covered: [1],
    weight: 2,
    detail: 'message 50 asks for it; message 1 is covered and the context lacks schema, invoices',
  })
  expect(weigh(asked, covered, 'Schema of the invoices: docs/invoice.md')).toBeUndefined()
})

test('[PROB4] the best match that says what the context lacks is named', () => {
  const covered = [
    user('nothing of the kind'),
    user('staging and 8081 as the digest has it'),
    user('src/db.ts is for staging'),
  ]
  const context = 'staging, 8081'
  expect(weigh(TOLD, covered, context)).toMatchObject({ covered: [3] })
})

test('[PROB3, PROB4] while the context has the covered messages word by word, nothing is lost', () => {
  const clause = fc.constantFrom(
    ...['Never touch the lock file', 'Always answer in German', 'port 8081 is for staging'],
    ...['The build is green', '不要修改配置文件', 'it stands in src/db.ts', 'What was it again?'],
  )
  const text = fc
    .array(clause, { minLength: 1, maxLength: 6 })
    .chain((clauses) => fc.constantFrom('. ', '.\n', '; ').map((glue) => clauses.join(glue)))
  const kinds = fc.constantFrom<Suspicion['kind'][]>('said-again', 'rule-repeated', 'asked-for')
  let lost = 0
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), text, kinds, (covered, said, kind) => {
      const suspicion = { kind, quotes: said.split(/\.\s/), words: said.toLowerCase().split(' ') }
      const found: readonly Message[] = buildLog(covered.map(user)).messages
      const context = found.map(textOf).join('\n')
      expect(weighSuspicion(50, suspicion, context, found)).toBeUndefined()
      const without = weighSuspicion(50, suspicion, '', found)
      if (!without) return
      lost += 1
      expect(found.map(({ seq }) => seq)).toContain(without.covered[0])
      expect(without).toMatchObject({ kind, seq: 50, weight: 2 })
    }),
    { numRuns: 300 },
  )
  expect(lost).toBeGreaterThan(50)
})

test('[PROB5] the third recall of the covered part and every further one is evidence', () => {
  const weighed = [0, 1, 2, 3, 4].map((recalls) => weighRecalls(30, [5, 6], recalls))
  expect(weighed.map((each) => each?.weight)).toEqual([undefined, undefined, undefined, 1, 1])
  expect(weighed[3]).toEqual({
    kind: 'recalled',
    seq: 30,
    covered: [5, 6],
    weight: 1,
    detail: 'the model recalled the covered part 3 times',
  })
  expect(weighRecalls(30, [1, 2, 3, 4, 5], 3)?.covered).toEqual([1, 2, 3])
})

test('[PROB5, PROB6] two unusual recalls at one message count twice', () => {
  let probation = started()
  for (const recalls of [1, 2, 3, 4]) {
    const evidence = weighRecalls(30, [5], recalls)
    if (evidence) probation = addEvidence(probation, evidence)
    expect(showsLoss(probation, POLICY)).toBe(recalls === 4)
  }
})

test('[PROB6] the evidence shows a loss once it has the weight that the policy names', () => {
  const shows = (evidence: number, ...weights: readonly number[]): boolean => {
    const pieces = weights.map((weight, index) => piece({ weight, seq: index }))
    return showsLoss(started(...pieces), { ...POLICY, evidence })
  }
  expect(shows(2, 2)).toBe(true)
  expect(shows(2, 1)).toBe(false)
  expect(shows(2, 1, 1)).toBe(true)
  expect(shows(3, 2)).toBe(false)
  expect(shows(3, 2, 2)).toBe(true)
  expect(shows(1)).toBe(false)
  expect(showsLoss(undefined, { ...POLICY, evidence: 1 })).toBe(false)
})

test('[PROB6] one message counts once, however often it is looked at', () => {
  const once = addEvidence(started(), piece())
  expect(once.evidence).toEqual([piece()])
  expect(addEvidence(once, piece({ weight: 2 }))).toBe(once)
  expect(addEvidence(once, piece({ seq: 10 })).evidence).toHaveLength(2)
  expect(addEvidence(once, piece({ kind: 'rule-repeated' })).evidence).toHaveLength(2)
})

test('[PROB6] evidence is bounded: the session row that holds it is read on every call', () => {
  let probation = started()
  for (let seq = 0; seq < 50; seq += 1) probation = addEvidence(probation, piece({ seq }))
  expect(probation.evidence.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})
