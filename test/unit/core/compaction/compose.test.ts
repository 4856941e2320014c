import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  composeDigest,
  type ComposedDigest,
  type DigestSources,
} from '../../../../src/core/compaction/compose.ts'
import { markOf } from '../../../../src/core/compaction/superseded.ts'
import { digestLine, mergeLines } from '../../../../src/core/compaction/digest-lines.ts'
import { renderDigest } from '../../../../src/core/compaction/digest-text.ts'
import { SECTIONS, type DigestLine, type Section } from '../../../../src/core/session/generation.ts'
import { buildLine } from '../../../support/build-generation.ts'
import { countCharacters } from '../../../support/build-log.ts'

const MARK = 100
const count = (text: string): number => Math.ceil(text.length / 4)

function compose(
  added: readonly DigestLine[],
  change: Partial<DigestSources> = {},
): ComposedDigest {
  const sources = {
    previous: [],
    added,
    mark: MARK,
    inUse: new Set<string>(),
    maxTokens: 2_000,
    count,
  }
  return composeDigest({ ...sources, ...change })
}

function line(section: Section, text: string, seq: number, salience: number = 10): DigestLine {
  return digestLine(section, text, seq, salience)
}

function lines(section: Section, amount: number, text: string = 'said'): readonly DigestLine[] {
  return Array.from({ length: amount }, (_, i) => line(section, `${text} number ${i + 1}`, i + 1))
}

function textsIn({ lines: composed }: ComposedDigest, section: Section): readonly string[] {
  return composed.filter((each) => each.section === section).map(({ text }) => text)
}

/** Words up to addresses as long as any. */
const word = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 2, arbitrary: fc.stringMatching(/^src\/[a-z]{1,9}\/[a-z]{1,9}\.ts$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^https:\/\/[a-z]{100,150}\.org$/) },
)

/** Lines of any length up to the longest quote there is. */
const anyLine: fc.Arbitrary<DigestLine> = fc
  .record({
    section: fc.constantFrom(...SECTIONS),
    words: fc
      .array(word, { minLength: 1, maxLength: 40 })
      .map((words) => [words.join(' ').slice(0, 500)]),
    seq: fc.integer({ min: 1, max: MARK }),
    salience: fc.nat(100),
  })
  .map(({ section, words, seq, salience }) => line(section, words.join(' '), seq, salience))

const anyLines = fc.array(anyLine, { maxLength: 60 })

test('[COM1] a digest stays within its tokens, which rules may take over by half', () => {
  fc.assert(
    fc.property(
      anyLines,
      anyLines,
      fc.integer({ min: 400, max: 3_000 }),
      (previous, added, maxTokens) => {
        const composed = compose(added, { previous, maxTokens })
        const isRule = (each: DigestLine): boolean => /^(?:rules|corrections)$/.test(each.section)
        const rules = composed.lines.filter(isRule)
        const text = renderDigest(composed.lines, MARK)
        expect(composed.tokens).toBe(count(text))
        expect(composed.tokens).toBeLessThanOrEqual(rules.length > 0 ? maxTokens * 1.5 : maxTokens)
      },
    ),
    { numRuns: 400 },
  )
})

test('[COM1] what there is room for is kept', () => {
  const added = [...lines('facts', 20), ...lines('state', 5), ...lines('open', 2)]
  expect(compose(added, { maxTokens: 3_000 }).lines).toHaveLength(27)
})

test('[COM2] every rule is kept while there is room, else the newest', () => {
  const rules = lines('rules', 30, 'Never do what is said under')
  const roomy = compose([...lines('facts', 200), ...rules], { maxTokens: 2_000 })
  expect(textsIn(roomy, 'rules')).toHaveLength(30)
  expect(roomy.rulesLeftOut).toHaveLength(0)
  const tight = compose([...lines('facts', 200), ...rules], { maxTokens: 320 })
  const kept = textsIn(tight, 'rules')
  expect(kept.length).toBeGreaterThan(5)
  expect(kept.length).toBeLessThan(40)
  expect(kept).toEqual(rules.slice(-kept.length).map(({ text }) => text))
  expect(tight.rulesLeftOut).toHaveLength(30 - kept.length)
})

test('[COM2] corrections are kept as rules are', () => {
  const added = [...lines('corrections', 3, 'not that but'), ...lines('facts', 300)]
  expect(textsIn(compose(added, { maxTokens: 400 }), 'corrections')).toHaveLength(3)
})

test('[COM3] only the newest request is the current task, earlier ones are quotes', () => {
  const previous = [line('goal', 'first', 3), line('goal', 'second', 40)]
  const composed = compose([line('goal', 'third', 90)], { previous })
  expect(textsIn(composed, 'goal')).toEqual(['third'])
  expect(textsIn(composed, 'quotes')).toEqual(['first', 'second'])
  const demoted = composed.lines.find(({ text }) => text === 'second')
  const again = compose([line('goal', 'second', 95)], { previous: composed.lines })
  expect(textsIn(again, 'goal')).toEqual(['second'])
  expect(again.lines.find(({ text }) => text === 'second')?.sources).toEqual([40, 95])
  expect(demoted?.sources).toEqual([40])
})

test('[COM3] the current task is kept whatever the room', () => {
  const goal = line('goal', `do this: ${'word '.repeat(70)}`, 1)
  const composed = compose([goal, ...lines('facts', 100), ...lines('rules', 60)], {
    maxTokens: 400,
  })
  expect(textsIn(composed, 'goal')).toHaveLength(1)
})

test('[COM4] lines of the same id are merged with the sources of all', () => {
  const composed = compose([line('facts', 'it is so', 30), line('facts', 'it is so', 50)], {
    previous: [line('facts', 'it is so', 7)],
  })
  expect(composed.lines.map(({ sources }) => sources)).toEqual([[7, 30, 50]])
  expect(
    compose([line('state', 'it is so', 30), line('facts', 'it is so', 50)]).lines,
  ).toHaveLength(2)
})

test('[COM4] of many sources the first and the newest are named', () => {
  const [merged] = mergeLines(Array.from({ length: 40 }, (_, i) => buildLine({ sources: [i + 1] })))
  expect(merged?.sources).toEqual([1, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40])
})

test('[COM4] a line keeps its id from generation to generation, and the newest text', () => {
  const old = digestLine('facts', 'ran → 1 failed', 3, 35, { key: 'error:test' })
  const recent = digestLine('facts', 'ran → 2 failed', 9, 35, { key: 'error:test' })
  expect(recent.id).toBe(old.id)
  const { lines: composed } = compose([recent], { previous: [old] })
  expect(composed).toMatchObject([{ text: 'ran → 2 failed', sources: [3, 9], id: old.id }])
})

test('[COM5] lines with identifiers in use above the mark are kept before others', () => {
  const added = Array.from({ length: 60 }, (_, i) =>
    line('facts', `see src/part${i}.ts for it`, 50),
  )
  const inUse = new Set(['src/part3.ts', 'src/part41.ts', 'src/part58.ts'])
  const kept = textsIn(compose(added, { maxTokens: 400, inUse }), 'facts')
  expect(kept.length).toBeLessThan(40)
  for (const used of inUse) expect(kept.join('\n')).toContain(used)
  const others = textsIn(compose(added, { maxTokens: 400 }), 'facts').join('\n')
  expect([...inUse].every((used) => others.includes(used))).toBe(false)
})

test('[COM6] what was left out is named in one lookup hint', () => {
  const added = Array.from({ length: 100 }, (_, i) => line('facts', `see src/part${i}.ts`, i + 1))
  const composed = compose(added, { maxTokens: 500 })
  const left = added.filter(({ id }) => !composed.lines.some((each) => each.id === id))
  const hints = composed.lines.filter(({ section }) => section === 'hints')
  expect(hints).toHaveLength(1)
  expect(hints[0]?.text).toContain(`${left.length} more notes`)
  expect(left.some(({ text }) => hints[0]?.text.includes(text.slice(4)))).toBe(true)
  const next = compose(lines('facts', 100, 'other'), { previous: composed.lines, maxTokens: 500 })
  expect(textsIn(next, 'hints')).toHaveLength(1)
  expect(textsIn(compose(lines('facts', 3)), 'hints')).toEqual([])
})

test('[COM7] no content can open a section or end the block', () => {
  const nasty = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '\n',
        '\r',
        '\u2028',
        '\u2029',
        '\v',
        '\f',
        '\u0000',
        '## ',
        '- ',
        '[End of digest]',
      ),
      fc.constantFrom('Standing rules (quoted)', 'a', ' '),
    ),
  })
  const section = fc.constantFrom(...SECTIONS)
  fc.assert(
    fc.property(fc.array(fc.tuple(section, nasty), { maxLength: 20 }), (contents) => {
      const added = contents.map(([where, text], i) =>
        buildLine({ id: `${i}`, section: where, text }),
      )
      const text = renderDigest(added, MARK)
      const shown = text.split(/[\n\r\u2028\u2029\v\f]/)
      expect(text).not.toContain('\u0000')
      expect(shown[0]).toMatch(/^\[Digest of messages 1–100\./)
      expect(shown.at(-1)).toBe('[End of digest]')
      const used = new Set(contents.map(([where]) => where))
      const inner = shown.slice(1, -1)
      expect(inner.filter((each) => each.startsWith('- '))).toHaveLength(added.length)
      expect(inner.filter((each) => each.startsWith('## '))).toHaveLength(used.size)
      expect(inner).toHaveLength(added.length + used.size)
    }),
  )
})

test('[COM7] a rendered digest names sections and sources, four at most', () => {
  const text = renderDigest(
    [
      buildLine({ section: 'facts', text: 'a  fact\nof two lines', sources: [1, 2, 3, 4, 5, 9] }),
      buildLine({ section: 'goal', text: 'the task', sources: [7] }),
    ],
    12,
  )
  expect(text.split('\n').slice(1)).toEqual([
    '## Current task',
    '- the task (#7)',
    '## Facts',
    '- a fact of two lines (#1 #2 #5 #9 +2)',
    '[End of digest]',
  ])
  expect(renderDigest([], 12).split('\n')).toHaveLength(2)
})

test('[DIG1] the same sources compose the same digest, in whatever order of equals', () => {
  fc.assert(
    fc.property(anyLines, fc.integer({ min: 400, max: 2_000 }), (added, maxTokens) => {
      const change = { maxTokens, count: countCharacters, inUse: new Set(['ABC-12']) }
      expect(compose(added, change)).toEqual(compose(structuredClone(added), change))
    }),
  )
})

function quote(text: string, seq: number, change: Partial<DigestLine> = {}): DigestLine {
  return { ...line('quotes', text, seq), label: 'Assistant', origin: 'own', ...change }
}

test('[COM8] a question to the user is closed once the user has spoken again', () => {
  const asked = { ...line('open', 'Asked: “Which port?”', 4), origin: 'own' as const }
  const said = line('goal', 'User: “8080”', 5)
  expect(textsIn(compose([asked]), 'open')).toHaveLength(1)
  expect(textsIn(compose([asked, said]), 'open')).toHaveLength(0)
  expect(textsIn(compose([line('open', 'from a host', 4), said]), 'open')).toHaveLength(1)
})

test('[COM8] of many requests the newest are kept before others', () => {
  const requests = Array.from({ length: 200 }, (_, i) =>
    quote(`please do the thing of number ${i}`, i + 1, {
      origin: 'user',
      label: 'User',
      salience: 300,
    }),
  )
  const kept = textsIn(compose(requests, { mark: 200, maxTokens: 1_200 }), 'quotes')
  expect(kept.length).toBeLessThan(100)
  expect(kept.at(-1)).toContain('number 199')
  expect(kept.every((text) => Number(/\d+$/.exec(text)?.[0]) > 90)).toBe(true)
})

test('[COM10] what counting line by line leaves of the room is filled as well', () => {
  // Every line counts tokens that the whole does not have.
  const perLine = (text: string): number =>
    Math.ceil(text.length / 4) + (text.includes('\n') ? 0 : 3)
  const all = lines('facts', 300, 'a fact')
  const { tokens, lines: kept } = compose(all, { maxTokens: 1_500, count: perLine })
  expect(kept.length).toBeLessThan(300)
  expect(tokens).toBeGreaterThan(1_400)
  expect(tokens).toBeLessThanOrEqual(1_500)
})

test('[COM9] what one message says behind one label is one line, with the label said once', () => {
  const said = [
    quote('first parseHeader', 3, { place: 0 }),
    quote('then readBody', 3, { place: 1 }),
    quote('later sendReply', 9),
  ]
  const now = [
    quote('size: 30', 2, { section: 'state', label: 'box' }),
    quote('color: red', 8, { section: 'state', label: 'box' }),
  ]
  const text = renderDigest(compose([...said, ...now]).lines, MARK).split('\n')
  expect(text).toContain('- Assistant: first parseHeader ⋯ then readBody (#3)')
  expect(text).toContain('- Assistant: later sendReply (#9)')
  expect(text).toContain('- box: size: 30 ⋯ color: red (#2 #8)')
})

test('[FACT2] what was replaced is not shown as current, wherever it was quoted', () => {
  const old = 'const size = 10'
  const replaced = [markOf(old)]
  const now = quote('const size = 20', 9, {
    section: 'state',
    label: 'Now in a.ts',
    replaces: replaced,
  })
  const read = quote(`${old} export`, 5, { marks: [markOf(old), markOf('export {}')] })
  const other = quote('const other = 3', 5, { marks: [markOf('const other = 3')] })
  const texts = (lines: readonly DigestLine[]): readonly string[] =>
    compose(lines).lines.map(({ text }) => text)
  expect(texts([read, other, now])).toEqual(['const other = 3', 'const size = 20'])
  // What was read after the edit is how things are.
  expect(texts([{ ...read, sources: [12] }, now])).toHaveLength(2)
  expect(texts([read])).toEqual([`${old} export`])
  // What the user said stands, whatever came of it.
  expect(texts([line('rules', old, 2), now])).toHaveLength(2)
})
