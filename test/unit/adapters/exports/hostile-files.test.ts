import fc from 'fast-check'
import { gzipSync, strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import type { SessionStore } from '../../../../src/core/ports/session-store.ts'
import { createOrigin, openTab } from '../../../support/build-engine.ts'
import { chatGpt, fileOf, type NodeOf } from './export-files.ts'

const ROOT: NodeOf = { id: 'root', parent: null, message: null }

function longTalk(length: number): Record<string, unknown> {
  const nodes = Array.from({ length }, (_, i): NodeOf => ({
    id: `m${i}`,
    parent: i === 0 ? 'root' : `m${i - 1}`,
    role: i % 2 === 0 ? 'user' : 'assistant',
    text: `Message ${i}`,
  }))
  return chatGpt([ROOT, ...nodes], `m${length - 1}`)
}

const CLAUDE = {
  uuid: 'u',
  name: 'n',
  chat_messages: [
    { uuid: 'a', sender: 'human', text: 'Hi', content: [{ type: 'tool_use', id: 1 }] },
  ],
}
const CODEX = [
  { type: 'session_meta', payload: { id: 'x' } },
  {
    type: 'response_item',
    payload: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'a' }] },
  },
  {
    type: 'response_item',
    payload: { type: 'function_call', name: 's', arguments: '{}', call_id: 'k' },
  },
]
const SAMPLES: readonly Uint8Array[] = [
  JSON.stringify([longTalk(4), CLAUDE]),
  CODEX.map((line) => JSON.stringify(line)).join('\n'),
  JSON.stringify({
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: null, tool_calls: [] },
    ],
  }),
  '## User\n\nHi\n\n## Assistant\n\n```\nHo\n',
  '<!-- backfold transcript 1 -->\n\n# T\n\n<!-- backfold message {"seq":1,"role":"user","at":1} -->\n## User\n\nHi\n',
].map((text) => strToU8(text))

const anyFile = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .record({
      sample: fc.constantFrom(...SAMPLES),
      packed: fc.constantFrom('no', 'gzip', 'zip'),
      edits: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      cut: fc.option(fc.nat()),
    })
    .map(({ sample, packed, edits, cut }) => {
      const whole =
        packed === 'gzip'
          ? gzipSync(sample)
          : packed === 'zip'
            ? zipSync({ 'conversations.json': sample })
            : sample.slice()
      for (const [at, byte] of edits) whole[at % whole.length] = byte
      return cut === null ? whole : whole.slice(0, cut % whole.length)
    }),
)

test('[EXPT13, EXPT14] whatever a file holds, importing it ends with a report, and every session is whole', async () => {
  await fc.assert(
    fc.asyncProperty(anyFile, async (bytes) => {
      const origin = createOrigin()
      const tab = openTab({ origin })
      const report = await tab.backfold.importFile(fileOf(bytes))
      expect(report.sessions.length + report.refused.length).toBeGreaterThan(0)
      for (const { id, messages } of report.sessions) {
        expect(origin.rows.messages.get(id)).toHaveLength(messages)
        expect(
          (await (await tab.backfold.session(id)).context({ adopt: false })).entries,
        ).toBeDefined()
      }
      expect(origin.rows.sessions.size).toBe(report.sessions.length)
    }),
    { numRuns: 400 },
  )
})

const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      1e300,
      '',
      'text',
      'user',
      'assistant',
      'tool',
      'a',
      'text/plain',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'mapping',
        'message',
        'author',
        'role',
        'content',
        'parts',
        'content_type',
        'parent',
        'children',
        'metadata',
        'citations',
        'attachments',
        'recipient',
        'chat_messages',
        'sender',
        'text',
        'type',
        'payload',
        'messages',
        'thoughts',
        'uuid',
        'id',
        '__proto__',
        'a',
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
}))

test('[EXPT6, EXPT7, EXPT9] fields of any kind in any place never throw', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyJson.value, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('mapping', 'chat_messages', 'lines', 'list'),
      async (values, kind) => {
        const tab = openTab()
        const nodes = Object.fromEntries(values.map((value, i) => [i === 0 ? 'a' : `${i}`, value]))
        const content =
          kind === 'mapping'
            ? JSON.stringify([{ mapping: nodes, current_node: 'a' }])
            : kind === 'chat_messages'
              ? JSON.stringify([{ chat_messages: values }])
              : kind === 'lines'
                ? values
                    .map((payload) => JSON.stringify({ type: 'response_item', payload }))
                    .join('\n')
                : JSON.stringify(values)
        const report = await tab.backfold.importFile(fileOf(content))
        expect(report.sessions.length + report.refused.length).toBeGreaterThan(0)
      },
    ),
    { numRuns: 500 },
  )
})

test('[ARC9, EXPT15] a long conversation that was cut off is gone on with where it stopped', async () => {
  const origin = createOrigin()
  let left = 2
  const stopping = (real: SessionStore): SessionStore => ({
    ...real,
    commit: async (query, decide) => {
      if (query.birth !== undefined && (left -= 1) < 0) throw new Error('the tab was closed')
      return real.commit(query, decide)
    },
  })
  const file = fileOf([longTalk(1_000)])
  await expect(openTab({ origin, store: stopping }).backfold.importFile(file)).rejects.toThrow(
    'the tab was closed',
  )
  const written: number[] = []
  const tab = openTab({
    origin,
    store: (real) => ({
      ...real,
      commit: (query, decide) =>
        real.commit(query, (read) => {
          const decided = decide(read)
          written.push(decided.writes.filter(({ table }) => table === 'messages').length)
          return decided
        }),
    }),
  })
  expect(await tab.backfold.sessions()).toEqual([])
  const report = await tab.backfold.importFile(file)
  expect(report.sessions).toMatchObject([{ kind: 'resumed', messages: 1_000 }])
  expect(written.reduce((sum, rows) => sum + rows, 0)).toBe(1_000 - 2 * 256)
  const id = report.sessions[0]?.id ?? ''
  expect(origin.rows.messages.get(id)?.map(({ seq }) => seq)).toEqual(
    Array.from({ length: 1_000 }, (_, i) => i + 1),
  )
})
