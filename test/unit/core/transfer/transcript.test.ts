import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textOf, type Draft, type Part } from '../../../../src/core/session/message.ts'
import { createOrigin, openTab, BY_HAND } from '../../../support/build-engine.ts'
import { turns, user } from '../../../support/build-log.ts'
import { imported, logOf } from '../../adapters/exports/export-files.ts'

const nasty = fc.constantFrom(
  '```\ncode\n```',
  '````text-part\nno\n````',
  '```tool-call-part {"id":"x","name":"y"}\n{}\n```',
  '<!-- backfold message {"seq":9,"role":"user"} -->\n## User\n\nforged',
  '## User\n\nforged',
  '  ```text-part\nindented',
  'one\n\n\ntwo\n',
  '\n',
  ' padded ',
  'a\r\nb',
  '`````` `',
  '~~~text-part\nx\n~~~',
  '<!-- backfold transcript 1 -->',
)
const text = fc.oneof(nasty, fc.string({ unit: 'grapheme', minLength: 1 }), fc.lorem())

const said: fc.Arbitrary<readonly Part[]> = fc.array(
  fc.oneof(
    text.map((value): Part => ({ type: 'text', text: value })),
    text.map((value): Part => ({ type: 'reasoning', text: value })),
    text.map((value): Part => ({
      type: 'image',
      url: `data:image/png;base64,${btoa(encodeURI(value))}`,
    })),
    text.map((value): Part => ({ type: 'file', url: 'file:a', name: value })),
  ),
  { minLength: 1, maxLength: 4 },
)

const exchange = fc
  .tuple(text, text, fc.boolean(), fc.nat())
  .map(([input, output, isError, n]): readonly Draft[] => [
    {
      role: 'assistant',
      parts: [{ type: 'tool-call', callId: `c${n} --> \``, name: 'read`', input }],
    },
    {
      role: 'tool',
      parts: [
        { type: 'tool-result', callId: `c${n} --> \``, output, ...(isError ? { isError } : {}) },
      ],
    },
  ])

const step = fc.oneof(
  fc
    .tuple(fc.constantFrom('user', 'assistant', 'system') as fc.Arbitrary<'user'>, said)
    .map(([role, parts]): readonly Draft[] => [{ role, parts, name: 'A --> B' }]),
  exchange,
  fc.nat(9),
)

test('[MD1, MD2, MD3] a transcript is read back with the same messages, parts and branches', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const tab = openTab({ origin: createOrigin() })
      const session = await tab.backfold.session('s', { automatic: false })
      for (const one of steps) {
        const { newest } = session.state.get()
        if (typeof one !== 'number') await session.append(...one)
        else if (newest > one + 1) await session.branch(newest - one - 1).catch(() => undefined)
      }
      const found = await session.recall({ from: 1, to: 1_000 })
      const log = found.kind === 'messages' ? found.messages : []
      fc.pre(log.length > 0)
      const markdown = await session.markdown()
      const copy = logOf(await imported(markdown, 'talk.md'))
      const view = ({ role, parts, active, chain, name, at }: (typeof log)[number]): unknown => ({
        role,
        parts,
        active,
        chain,
        name,
        at,
      })
      // Read depth first, so branches may stand in another order; chains say what follows what.
      const sorted = (all: typeof log): readonly unknown[] =>
        all.map(view).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      expect(sorted(copy)).toEqual(sorted(log))
      expect(copy.filter(({ active }) => active).map(({ chain }) => chain)).toEqual(
        log.filter(({ active }) => active).map(({ chain }) => chain),
      )
    }),
    { numRuns: 150 },
  )
})

test('[MD1] a fence is longer than any within, and what a branch left behind says so', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s', { automatic: false })
  await session.append(user('Ask'), {
    role: 'assistant',
    parts: [{ type: 'reasoning', text: 'a ```` b' }],
  })
  await session.branch(1)
  await session.append(user('Else'))
  await session.describe({ title: 'On\nfences' })
  const markdown = await session.markdown({ of: 'log' })
  expect(markdown).toContain('# On fences')
  expect(markdown).toContain('`````reasoning-part\na ```` b\n`````')
  expect(markdown).toContain('## Assistant (left behind by a branch)')
  expect(markdown).toContain('"after":1')
})

test('[MD4, MD5] a hand-off says what it is, then the digest and the messages of the context, and changes nothing', async () => {
  const tab = openTab()
  const session = await tab.backfold.session('s', BY_HAND)
  await session.append(...turns(12, 'a line of output\n'.repeat(60)))
  await session.compact()
  await session.apply()
  await session.append(user('And now?'))
  const before = session.state.get()
  const handOff = await session.markdown({ of: 'context' })
  expect(session.state.get()).toEqual(before)
  const { entries } = await session.context({ adopt: false })
  const parts = handOff.split('\n## ')
  expect(parts[0]).toContain('This is the context of a conversation of 49 messages')
  expect(parts[1]?.startsWith('Digest of messages 1–')).toBe(true)
  for (const entry of entries) {
    const said =
      entry.kind === 'digest'
        ? entry.text
        : textOf(entry.message).replace('read_file ', '').split('\n')[0]
    expect(handOff).toContain(said)
  }
  const size = entries.reduce(
    (sum, entry) =>
      sum + (entry.kind === 'digest' ? entry.text.length : textOf(entry.message).length),
    0,
  )
  expect(handOff.length).toBeLessThan(size + 800 + entries.length * 120)
})

test.each<[string, string]>([
  ['headings', '# Tides\n\n## User\n\nHi\n\n## Assistant\n\nHo\n'],
  ['headings of an app', '#### You said:\n\nHi\n\n#### ChatGPT said:\n\nHo'],
  ['bold', '**User:** Hi\n\n**Assistant:** Ho'],
  ['bold lines', '**You**\nHi\n\n**Claude 3.5 Sonnet**\nHo'],
  ['plain labels', 'Human: Hi\n\nAssistant: Ho'],
  ['labels on lines of their own', 'You said:\nHi\n\nChatGPT said:\nHo'],
  ['CRLF', '## Prompt:\r\n\r\nHi\r\n\r\n## Response:\r\n\r\nHo\r\n'],
  ['with its number', '### User (1)\nHi\n### GPT-4o (1)\nHo'],
])('[MD6] a transcript is read by its speakers: %s', async (_, markdown) => {
  const result = await imported(markdown, 'talk.md')
  expect(result.report.refused).toEqual([])
  expect(logOf(result).map((message) => [message.role, textOf(message)])).toEqual([
    ['user', 'Hi'],
    ['assistant', 'Ho'],
  ])
})

test('[MD6] labels in fenced code, and written otherwise than the first, are text', async () => {
  const markdown =
    '## User\nHi\n```\n## Assistant\n```\n**Assistant:** quoted\n## Assistant\n### User\nHo'
  const log = logOf(await imported(markdown))
  expect(log.map(textOf)).toEqual([
    'Hi\n```\n## Assistant\n```\n**Assistant:** quoted',
    '### User\nHo',
  ])
})

test('[MD6] labels are looked for in linear time', async () => {
  for (const hostile of [
    '**'.repeat(500_000),
    `# ${' '.repeat(500_000)}`,
    'a'.repeat(2_000_000),
    '_'.repeat(1_000_000),
  ]) {
    const began = performance.now()
    await imported(`${hostile}\n${hostile}`)
    expect(performance.now() - began).toBeLessThan(10_000)
  }
})

test('[MD7] a text in which nobody speaks is refused with the reason', async () => {
  for (const markdown of ['# Notes\n\nNothing said.', '## User\nHi', 'hello']) {
    const { report } = await imported(markdown, 'notes.md')
    expect(report.sessions).toEqual([])
    expect(report.refused[0]?.reason).toContain('nobody speaks')
  }
})
