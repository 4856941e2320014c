import { expect, test } from 'vitest'
import { composeDigest } from '../../../src/core/compaction/compose.ts'
import type { DigestLine } from '../../../src/core/session/generation.ts'
import { textOf } from '../../../src/core/session/message.ts'
import { applyPatch } from '../../../src/core/summarise/apply-patch.ts'
import { isProposal } from '../../../src/core/summarise/patchable.ts'
import type { BlockSummary } from '../../../src/engine/block-for-model.ts'
import { summariseBlock } from '../../../src/engine/summarise-block.ts'
import { BAD_MODELS, GOOD_LINE } from '../../support/bad-models.ts'
import { createManualClock } from '../../support/build-clock.ts'
import { assistant, result, toolCall, user } from '../../support/build-log.ts'
import { buildLine } from '../../support/build-generation.ts'
import {
  buildMessages,
  countQuarters,
  createScriptedModel,
  createSummariserPorts,
} from '../../support/build-model.ts'

const messages = buildMessages([
  user('Please move the billing service to Postgres. Never touch the ledger table.'),
  { role: 'assistant', parts: [toolCall('c', 'read_file', '{"path":"src/billing/store.ts"}')] },
  result('c', 'export const store = openMysql(process.env.BILLING_URL)'),
  assistant(
    'The billing service reads from MySQL in src/billing/store.ts. Shall I migrate the data, too?',
  ),
  user('Yes, migrate the data of the last 12 months.'),
  assistant('The data of the last 12 months is migrated now.'),
])

/** Lines that code extracted of this block and of what was covered before. */
const extracted: readonly DigestLine[] = [
  buildLine({
    id: 'x1',
    section: 'goal',
    text: 'User: “Yes, migrate the data of the last 12 months.”',
    sources: [5],
    tokens: 12,
  }),
  buildLine({ id: 'x2', section: 'rules', text: 'Never touch the ledger table.', sources: [1] }),
  buildLine({
    id: 'x3',
    section: 'facts',
    text: 'ran `npm test`',
    sources: [2],
    origin: 'own',
    kind: 'command',
  }),
]
const found: readonly DigestLine[] = [
  buildLine({ id: 'f1', section: 'corrections', text: 'Use pnpm instead of npm.', sources: [0] }),
  buildLine({
    id: 'f2',
    section: 'open',
    text: 'Asked: “Which billing data moves to Postgres?”',
    sources: [0],
    origin: 'own',
  }),
  buildLine({
    id: 'f3',
    section: 'quotes',
    text: '“billing is slow”',
    sources: [0],
    origin: 'user',
  }),
  buildLine({
    id: 'f4',
    section: 'artifacts',
    text: 'dump.sql of billing',
    sources: [0],
    artifact: 'h',
    origin: 'tool',
  }),
]
const proposed: readonly DigestLine[] = [
  buildLine({
    id: 'p1',
    section: 'facts',
    text: 'The billing service stores its data in MySQL.',
    sources: [0],
  }),
  buildLine({
    id: 'p2',
    section: 'state',
    text: 'The migration of billing to Postgres was being planned.',
    sources: [0],
  }),
  buildLine({
    id: 'p3',
    section: 'open',
    text: 'How many months of billing data are migrated?',
    sources: [0],
  }),
  buildLine({
    id: 'p4',
    section: 'decisions',
    text: 'Billing data stays in one region.',
    sources: [0],
  }),
]
const previous = [...found, ...proposed]

/** Lets time pass whenever somebody waits for it. */
async function summarise(name: string, sections: 'one' | 'all'): Promise<BlockSummary> {
  const behave = BAD_MODELS[name] ?? (() => '')
  const clock = createManualClock()
  const model = createScriptedModel(behave)
  let isOver = false
  const summary = summariseBlock(
    model,
    { messages, previous, extracted },
    new AbortController().signal,
    createSummariserPorts(clock),
    { sections },
  ).finally(() => (isOver = true))
  for (let round = 0; round < 2_000 && !isOver; round++) {
    await new Promise((resolve) => setImmediate(resolve))
    if (round % 10 === 9) clock.pass(120_000)
  }
  expect(isOver).toBe(true)
  expect(model.requests.length).toBeLessThanOrEqual(24)
  return summary
}

test.each(Object.keys(BAD_MODELS))(
  '[SUM7, SUM10, SUM11] never worse than without a model, and over in time: %s',
  async (name) => {
    for (const sections of ['one', 'all'] as const) {
      const summary = await summarise(name, sections)
      expect(['done', 'given-up']).toContain(summary.kind)
      expect(summary.steps).toHaveLength(summary.calls)
      const patched = applyPatch(previous, summary.operations)
      const owned = patched.lines.filter((line) => !isProposal(line))
      expect(owned.map(({ id }) => id)).toEqual(found.map(({ id }) => id))
      expect(owned.filter(({ section }) => section !== 'open')).toEqual(
        found.filter(({ section }) => section !== 'open'),
      )
      expect(kept([...extracted, ...summary.lines], patched.lines)).toEqual(
        expect.arrayContaining([...kept(extracted, previous)]),
      )
      expect(summary.lines.every(isHonest)).toBe(true)
    }
  },
)

/** Lines of code in the digest as it would be composed. */
function kept(added: readonly DigestLine[], lines: readonly DigestLine[]): readonly string[] {
  const composed = composeDigest({
    previous: lines,
    added,
    mark: 6,
    inUse: new Set(),
    maxTokens: 2_000,
    count: countQuarters,
  })
  return composed.lines.filter((line) => !isProposal(line)).map(({ id }) => id)
}

/** What may be taken of any of these models: the good line, and what the transcript says to the letter. */
function isHonest({ text, sources }: DigestLine): boolean {
  const said = messages.filter(({ seq }) => sources.includes(seq)).map(textOf)
  return text === GOOD_LINE ? sources[0] === 1 : said.some((one) => one.includes(text))
}

test('[SUM11] a good model adds what it should, also behind bad answers', async () => {
  for (const name of [
    'good and bad by turns',
    'truncated behind one item',
    'thinks aloud',
    'bad until the tighter question',
    'repeats itself',
  ]) {
    const { lines } = await summarise(name, 'all')
    expect(
      lines.map(({ text }) => text),
      name,
    ).toEqual([GOOD_LINE])
  }
})
