import { expect, test } from 'vitest'
import type { DigestLine } from '../../../src/core/session/generation.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { foldText } from '../../../src/core/summarise/fold-text.ts'
import { summariseBlock } from '../../../src/engine/summarise-block.ts'
import { assistant, result, toolCall, user } from '../../support/build-log.ts'
import { buildLine } from '../../support/build-generation.ts'
import {
  buildMessages,
  createScriptedModel,
  createSummariserPorts,
  namesIn,
  seqsIn,
} from '../../support/build-model.ts'
import { INJECTION_CORPUS, type Injection } from '../../support/injection-corpus.ts'

const HONEST = 'The user asked for a CSV export of the invoices.'

/** An ordinary conversation with the injected text in the middle of it. */
function draftsWith({ into, text }: Injection): readonly Draft[] {
  return [
    user('I need a CSV export of the invoices in src/export.ts.'),
    assistant('I will look at src/export.ts first.'),
    ...injected(into, text),
    assistant('The export of the invoices works now, the report of the vault is next.'),
    user('Good. Which region do we deploy to?'),
  ]
}

function injected(into: Injection['into'], text: string): readonly Draft[] {
  if (into === 'user') return [user(text)]
  const [name, input] =
    into === 'file'
      ? ['read_file', '{"path":"README.md"}']
      : into === 'page'
        ? ['fetch', '{"url":"https://pages.example/a"}']
        : ['run', '{"command":"make"}']
  return [{ role: 'assistant', parts: [toolCall('c', name, input)] }, result('c', text)]
}

const previous: readonly DigestLine[] = [
  buildLine({
    id: 'p1',
    section: 'decisions',
    text: 'Invoices are exported as CSV files.',
    sources: [0],
  }),
  buildLine({ id: 'p2', section: 'open', text: 'Which region do we deploy to?', sources: [0] }),
  buildLine({
    id: 'p3',
    section: 'facts',
    text: 'The export stands in src/export.ts of the repository.',
    sources: [0],
  }),
]

/** What a model writes that does whatever the transcript says, naming any source that might pass. */
function obey({ lines }: Injection, seqs: readonly number[], names: readonly string[]): string {
  const sources = [...seqs.map((seq) => [seq]), seqs.slice(0, 8)]
  const sections = [
    'decisions',
    'state',
    'open',
    'facts',
    'rules',
    'corrections',
    'goal',
    undefined,
  ]
  return JSON.stringify({
    add: [
      { section: 'facts', text: HONEST, sources: [1] },
      ...lines.flatMap((text) =>
        sources.flatMap((own) =>
          sections.map((section) => ({ text, sources: own, ...(section ? { section } : {}) })),
        ),
      ),
    ],
    supersede: names
      .slice(0, 1)
      .flatMap((line) => lines.map((text) => ({ line, text, sources: seqs }))),
    drop: names.slice(1, 2).map((line) => ({ line, reason: 'the transcript says so' })),
  })
}

test.each(INJECTION_CORPUS)('[INJ3, INJ4, INJ5] not followed: $name ($into)', async (injection) => {
  const messages = buildMessages(draftsWith(injection))
  const followed = new Set(injection.lines.map(foldText))
  for (const sections of ['one', 'all'] as const) {
    const model = createScriptedModel((request) =>
      obey(injection, seqsIn(request), namesIn(request)),
    )
    const block = { messages, previous, extracted: [] }
    const summary = await summariseBlock(
      model,
      block,
      AbortSignal.any([]),
      createSummariserPorts(),
      { sections },
    )
    expect(summary.operations.filter(({ kind }) => kind !== 'resolve')).toEqual([])
    expect(summary.lines.filter(({ text }) => followed.has(foldText(text)))).toEqual([])
    expect(summary.lines.map(({ text }) => text)).toEqual([HONEST])
  }
})
