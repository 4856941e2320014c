import { gzipSync, strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { unpack } from '../../../../src/adapters/exports/read-bytes.ts'
import { textOf } from '../../../../src/core/session/message.ts'
import { createOrigin, openTab } from '../../../support/build-engine.ts'
import { chatGpt, fileOf, imported, logOf, type NodeOf } from './export-files.ts'

const ROOT: NodeOf = { id: 'root', parent: null, message: null }

function talk(n: number, texts: readonly string[] = ['Ask', 'Answer']): Record<string, unknown> {
  const nodes = texts.map((text, i): NodeOf => ({
    id: `m${n}-${i}`,
    parent: i === 0 ? 'root' : `m${n}-${i - 1}`,
    role: i % 2 === 0 ? 'user' : 'assistant',
    text,
  }))
  const current = nodes.at(-1)?.id ?? 'root'
  return chatGpt([ROOT, ...nodes], current, { title: `Talk ${n}`, conversation_id: `c-${n}` })
}

test('[EXPT1] a zip is read by its directory, and what holds no conversations is left out and said', async () => {
  const zip = zipSync({
    'conversations.json': strToU8(JSON.stringify([talk(1), talk(2)])),
    'more/conversations-001.json': [strToU8(JSON.stringify([talk(3)])), { level: 0 }],
    'user.json': strToU8('{}'),
    'chat.html': strToU8('<html>'),
    'image.png': new Uint8Array(100),
  })
  const { report } = await imported(zip, 'export.zip')
  expect(report.sessions.map(({ title }) => title)).toEqual(['Talk 1', 'Talk 2', 'Talk 3'])
  expect(report.refused).toMatchObject([{ what: '3 other files of export.zip' }])
  expect(report.refused[0]?.reason).toContain('user.json, chat.html, image.png')
})

test('[EXPT1, ARC3] a zip that is cut off or damaged is refused with the reason', async () => {
  const zip = zipSync({
    'conversations.json': strToU8(JSON.stringify([talk(1, ['a'.repeat(5_000)])])),
  })
  const cut = await imported(zip.slice(0, -30))
  expect(cut.report).toMatchObject({ sessions: [] })
  expect(cut.report.refused[0]?.reason).toContain('cut off')
  const damaged = zip.slice()
  damaged[60] = (damaged[60] ?? 0) ^ 0xff
  const { report } = await imported(damaged)
  expect(report.refused.length).toBeGreaterThan(0)
})

test('[EXPT1] gzip, a byte order mark and CRLF do not matter, nor what the file is called', async () => {
  const text = `\ufeff${JSON.stringify([talk(1)], null, 2).replaceAll('\n', '\r\n')}`
  for (const content of [text, gzipSync(strToU8(text))]) {
    const result = await imported(content, 'photo.jpg')
    expect(logOf(result).map(textOf)).toEqual(['Ask', 'Answer'])
  }
})

test('[ARC3] what unpacks to far more than text packs to is refused', async () => {
  const bomb = gzipSync(new Uint8Array(4_000_000))
  const bytes = (async function* () {
    yield bomb
  })()
  const limits = { bytes: 1e9, ratio: 100, free: 1_000_000 }
  let size = 0
  const reading = (async () => {
    for await (const chunk of unpack(bytes, 'gzip', 'bomb', limits)) size += chunk.length
  })()
  await expect(reading).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(size).toBeLessThan(2_000_000)
})

test('[EXPT13] what is whole before a file breaks off comes in, and the place is named', async () => {
  const text = JSON.stringify([talk(1), talk(2), talk(3)])
  const { report } = await imported(text.slice(0, text.indexOf('"c-3"')), 'conversations.json')
  expect(report.sessions.map(({ title }) => title)).toEqual(['Talk 1', 'Talk 2'])
  const [refused] = report.refused
  expect(refused).toMatchObject({ what: 'conversation 3 of conversations.json', line: 1 })
  expect(refused?.column).toBeGreaterThan(1_000)
  expect(report.repairs[0]?.reason).toContain('the 2 entries before came in whole')
})

test('[EXPT13] a damaged element is left out and named, and the others come in', async () => {
  const broken = JSON.stringify(talk(2)).replace('"title":', '"title"')
  const deep = `{"mapping":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`
  const text = `[${JSON.stringify(talk(1))},\n${broken},\n${deep},\n${JSON.stringify(talk(4))},\n{"docs":[]}]`
  const { report } = await imported(text)
  expect(report.sessions.map(({ title }) => title)).toEqual(['Talk 1', 'Talk 4'])
  expect(report.refused).toMatchObject([
    { what: 'conversation 2 of file', line: 2 },
    { what: 'conversation 3 of file', line: 3 },
    { what: '1 entries of file', line: 5 },
  ])
})

test.each<[string, string | Uint8Array, string]>([
  ['nothing', '', 'empty'],
  ['white space', ' \n\t ', 'empty'],
  ['an empty list', '[]', 'The list is empty.'],
  ['numbers', '[1,2]', 'no conversation'],
  ['an object of something else', '{"a":1}', 'no conversation'],
  ['NUL bytes', new Uint8Array(1000), 'empty'],
  ['no UTF-8', new Uint8Array([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d]), 'not UTF-8'],
  ['one huge line', `[${'"x",'.repeat(50_000)}1]`, 'no conversation'],
  ['brackets only', '['.repeat(100_000), 'deeper'],
  ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff]), 'not UTF-8'],
])('[EXPT13] %s is refused with a reason', async (_, content, reason) => {
  const { report, rows } = await imported(content)
  expect(report.sessions).toEqual([])
  expect(JSON.stringify(report.refused)).toContain(reason)
  expect(rows.sessions.size).toBe(0)
})

test('[EXPT14] a line that is no JSON is left out and named, and all others come in', async () => {
  const lines = [
    '{"role":"user","content":"one"}',
    '{"role":"assistant","con',
    '{"role":"user","content":"two"}',
    '{"role":"ass',
  ]
  const result = await imported(lines.join('\n'))
  expect(logOf(result).map(textOf)).toEqual(['one', 'two'])
  expect(result.report.repairs.map(({ line }) => line)).toEqual([2, 4])
})

test('[EXPT17] titles and times of the file are those of the session', async () => {
  const { tab, report } = await imported([
    talk(1),
    { ...talk(2, ['What is the tide?']), title: '' },
  ])
  const sessions = await tab.backfold.sessions()
  expect(sessions.map(({ details }) => details.title).toSorted()).toEqual([
    'Talk 1',
    'What is the tide?',
  ])
  expect(sessions[0]?.createdAt).toBe(1_700_000_000_000)
  expect(report.sessions[1]?.title).toBe('What is the tide?')
})

test(
  '[EXPT16] a chat of 300,000 tokens is folded by its first context',
  { timeout: 120_000 },
  async () => {
    const said = (n: number): string =>
      Array.from(
        { length: 60 },
        (_, i) => `Step ${n}.${i} wrote src/part-${n}-${i}.ts and took ${(n * 31 + i) % 977} ms.`,
      ).join('\n')
    const texts = Array.from({ length: 800 }, (_, n) =>
      n % 2 === 0 ? `Please do part ${n}.` : said(n),
    )
    const origin = createOrigin()
    const tab = openTab({ origin })
    const report = await tab.backfold.importFile(fileOf([talk(1, texts)]))
    const [found] = report.sessions
    expect(found?.tokens).toBeGreaterThan(300_000)
    const session = await tab.backfold.session(found?.id ?? '', { budget: { tokens: 25_000 } })
    const context = await session.context()
    expect(context.tokens).toBeLessThanOrEqual(25_000)
    expect(context.generation).toBe(1)
    const handOff = await session.markdown({ of: 'context' })
    expect(handOff.startsWith('# Hand-off: Talk 1')).toBe(true)
    expect(handOff.length / 4).toBeLessThan(27_000)
  },
)

test('[EXPT13] a failing storage ends the import with its own error', async () => {
  const tab = openTab({
    store: (real) => ({
      ...real,
      commit: async () => {
        throw Object.assign(new Error('full'), { name: 'QuotaExceededError' })
      },
    }),
  })
  await expect(tab.backfold.importFile(fileOf([talk(1)]))).rejects.toThrow('full')
})
