import { expect, test } from 'vitest'
import type { Candidate } from '../../../src/core/compaction/candidate.ts'
import { digestLine } from '../../../src/core/compaction/digest-lines.ts'
import type { BlockDigest } from '../../../src/core/compaction/job.ts'
import { renderDigest } from '../../../src/core/compaction/digest-text.ts'
import type { Write } from '../../../src/core/ports/session-store.ts'
import { assembleContext } from '../../../src/core/session/assemble.ts'
import { hashText } from '../../../src/core/session/chain.ts'
import type { Artifact, DigestLine } from '../../../src/core/session/generation.ts'
import type { Draft } from '../../../src/core/session/message.ts'
import { createDigester } from '../../../src/engine/digester.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { streamCompressor } from '../../../src/store/stream-compressor.ts'
import { testTokeniser } from '../../support/build-engine.ts'
import { buildBlock, buildGeneration, buildJob, buildLine } from '../../support/build-generation.ts'
import {
  assistant,
  buildLog,
  buildSession,
  toolCall,
  turn,
  turns,
  user,
} from '../../support/build-log.ts'

const LARGE = 'payload line\n'.repeat(200)
const MARK = 8
const { signal } = new AbortController()

interface Setting {
  readonly drafts?: readonly Draft[]
  readonly lines?: readonly DigestLine[]
  readonly pins?: readonly number[]
  readonly protectMessages?: number
  /** Stored before. */
  readonly artifacts?: readonly Artifact[]
}

/** Composes the candidate of a job up to {@link MARK}, whose one block came to these lines. */
async function compose(setting: Setting = {}): Promise<Candidate> {
  const { drafts = turns(4), lines = [], pins = [], protectMessages = 2, artifacts = [] } = setting
  const log = buildLog(drafts, { ...buildSession({ budget: { tokens: 4_000 } }), pins })
  const store = createMemoryStore()
  const job = buildJob({ mark: MARK, pins })
  const chain = log.messages[MARK - 1]?.chain ?? ''
  const block: BlockDigest = buildBlock({ lines, messages: MARK, chain })
  await store.commit({ session: 's' }, () => ({
    writes: [
      { table: 'sessions', row: log.session },
      { table: 'jobs', row: job },
      { table: 'blocks', row: block },
      ...artifacts.map((row): Write => ({ table: 'artifacts', row })),
      ...log.messages.map((row): Write => ({ table: 'messages', row: { ...row, session: 's' } })),
    ],
    outcome: undefined,
  }))
  const ports = { store, tokeniser: testTokeniser, compressor: streamCompressor }
  return createDigester(ports).compose({ session: 's', job: 1, protectMessages }, signal)
}

async function digestOf(...drafts: readonly Draft[]): Promise<readonly DigestLine[]> {
  const log = buildLog(drafts)
  const store = createMemoryStore()
  await store.commit({ session: 's' }, () => ({
    writes: [
      { table: 'sessions', row: log.session },
      ...log.messages.map((row): Write => ({
        table: 'messages',
        row: { ...row, session: 's', active: row.seq !== 1 },
      })),
    ],
    outcome: undefined,
  }))
  const ports = { store, tokeniser: testTokeniser, compressor: streamCompressor }
  const range = { from: 1, to: drafts.length }
  const request = {
    session: 's',
    job: 1,
    range,
    largePayloadTokens: 300,
    maxQuoteTokens: 2_000,
    pins: [],
  }
  const digester = createDigester(ports)
  const digests = await Promise.all(
    digester.extractors.map(({ name }) =>
      digester.extract({ ...request, extractor: name }, signal).then(({ digest }) => digest),
    ),
  )
  for (const digest of digests) {
    expect(digest).toMatchObject({ messages: drafts.length - 1, chain: log.session.chain })
  }
  return digests.flatMap(({ lines }) => lines)
}

test('[CHK2] lines without legal sources are dropped and reported', async () => {
  const legal = buildLine({ id: 'a', text: 'stands', sources: [2, 8] })
  const lines = [
    legal,
    buildLine({ id: 'b', text: 'has none', sources: [] }),
    buildLine({ id: 'c', text: 'is above', sources: [3, 9] }),
  ]
  const { digest, checks } = await compose({ lines })
  expect(digest.map(({ text }) => text)).toEqual(['stands'])
  expect(checks.find(({ name }) => name === 'sources')).toMatchObject({
    outcome: 'mended',
    detail: '2 lines without legal sources were dropped',
  })
  const good = await compose({ lines: [legal] })
  expect(good.checks.find(({ name }) => name === 'sources')?.outcome).toBe('passed')
})

test('[STUB1, CTX3] large payloads above the mark become shorter stubs, the newest messages aside', async () => {
  const drafts = [...turns(2), ...turn(3, LARGE), ...turn(4, LARGE)]
  const { stubs, artifacts } = await compose({ drafts, protectMessages: 2 })
  expect(stubs.map(({ seq, part }) => [seq, part])).toEqual([[11, 0]])
  const [stub] = stubs
  expect(stub?.tokens).toBeLessThan(stub?.tokensBefore ?? 0)
  expect(stub?.text).toContain('recall message 11')
  expect(artifacts.map(({ hash, length }) => [hash, length])).toEqual([
    [stub?.artifact, LARGE.length],
  ])
  expect((await compose({ drafts, protectMessages: 1 })).stubs).toHaveLength(2)
  expect((await compose({ drafts, protectMessages: 9 })).stubs).toEqual([])
})

test('[STUB1] the arguments of a call are stubbed too, and equal payloads are stored once', async () => {
  const call = toolCall('c', 'write_file', JSON.stringify({ content: LARGE }))
  const drafts: readonly Draft[] = [
    ...turns(2),
    { role: 'assistant', parts: [{ type: 'text', text: 'so' }, call, { ...call, callId: 'd' }] },
    ...turn(3),
  ]
  const { stubs, artifacts } = await compose({ drafts, protectMessages: 1 })
  expect(stubs.map(({ seq, part }) => [seq, part])).toEqual([
    [9, 1],
    [9, 2],
  ])
  expect(stubs[0]?.text).toContain('write_file arguments')
  expect(artifacts).toHaveLength(1)
})

const ROWS = Array.from({ length: 90 }, (_, n) => `setting_${n} = ${n * 3}`)

/** A message that reads the settings, and what comes back. */
function reads(id: string, rows: readonly string[]): readonly Draft[] {
  return [
    { role: 'assistant', parts: [toolCall(id, 'read_file', '{"path":"settings.ini"}')] },
    { role: 'tool', parts: [{ type: 'tool-result', callId: id, output: rows.join('\n') }] },
  ]
}

test('[STUB9, ART1, ART3] a stub above the mark shows what was used and what changed', async () => {
  const edited = ROWS.with(30, 'setting_30 = 1000')
  const { stubs, artifacts } = await compose({
    drafts: [
      ...turns(2),
      ...reads('a', ROWS),
      assistant('So setting_12 is the one, and I change setting_30.'),
      ...reads('b', edited),
      ...turn(3),
    ],
    protectMessages: 4,
  })
  expect(stubs.map(({ seq }) => seq)).toEqual([10, 13])
  const [first = '', second = ''] = stubs.map(({ text }) => text)
  expect(first).toContain('result of read_file settings.ini')
  expect(first).toContain('| used later:\n| setting_12 = 36\n| setting_30 = 90\n')
  expect(second).toContain('Newer reading of message 10: 1 line added, 1 removed since.')
  expect(second).toContain('| changed since:\n| + 31: setting_30 = 1000\n')
  expect(artifacts.map(({ base }) => base)).toEqual([undefined, stubs[0]?.artifact])
})

test('[STUB9] what was read in the covered part is compared with what is read above the mark', async () => {
  const [, readRows] = reads('a', ROWS)
  const known = readRows?.parts[0]?.type === 'tool-result' ? readRows.parts[0].output : ''
  const hash = hashText(known)
  const line = {
    ...digestLine('artifacts', 'read_file settings.ini: result', 6, 20, {
      key: 'result:read_file settings.ini',
      artifact: hash,
    }),
  }
  const artifact = {
    session: 's',
    hash,
    ...(await streamCompressor.pack(known)),
    length: known.length,
    mediaType: 'text/plain',
    tokens: known.length,
  }
  const drafts = [...turns(2), ...reads('b', [...ROWS, 'setting_90 = 270']), ...turn(3)]
  const { stubs } = await compose({
    drafts,
    lines: [line],
    artifacts: [artifact],
    protectMessages: 4,
  })
  expect(stubs.map(({ text }) => text)).toEqual([
    expect.stringMatching(/Newer reading of message 6: \d lines? added/),
  ])
})

test('[APPLY4, CHK4] a candidate counts what the context will be, pins included', async () => {
  const lines = [buildLine({ section: 'goal', text: 'User: “go on”', sources: [5] })]
  const { digest, digestTokens, tokensAfter, categoriesAfter } = await compose({
    lines,
    pins: [2, 3],
  })
  const { messages } = buildLog(turns(4))
  const head = buildGeneration({ seq: MARK, chain: '' }, { digest, digestTokens })
  const context = assembleContext({
    head,
    pins: messages.slice(1, 3),
    tail: messages.slice(MARK),
  })
  expect(digestTokens).toBe(testTokeniser.count(renderDigest(digest, MARK)))
  expect(categoriesAfter).toEqual(context.categories)
  expect(tokensAfter).toBe(context.tokens)
})

test('[DIG2] what a line says beyond its sources is dropped, and left-behind messages are not read', async () => {
  const escaped = toolCall('c', 'edit_file', String.raw`{"path":"src\/odd\/file.ts"}`)
  const lines = await digestOf(
    user('Never read what was left behind.'),
    { role: 'assistant', parts: [escaped, toolCall('d', 'edit_file', '{"path":"src/a.ts"}')] },
    user('Always be brief.'),
  )
  expect(lines.map(({ text }) => text)).toEqual([
    '“Always be brief.”',
    'User: “Always be brief.”',
    'edit_file src/a.ts',
  ])
})
