import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  applyDelta,
  findDelta,
  formatDelta,
  parseDelta,
} from '../../../../../src/core/memory/artifacts/delta.ts'
import { describeChange } from '../../../../../src/core/memory/artifacts/describe-change.ts'
import { sketchLines } from '../../../../../src/core/memory/artifacts/sketch.ts'

const FILE = Array.from({ length: 200 }, (_, n) => `line ${n} of the file`).join('\n')

/** Texts that share lines, in whatever order, with breaks and halves of characters anywhere. */
const TEXT = fc
  .array(
    fc.constantFrom('a\n', 'b\n', 'long line\n', '\n', 'x', '\uD83D', '\uDE00', '\r\n', '{}'),
    {
      maxLength: 60,
    },
  )
  .map((pieces) => pieces.join(''))

test('[ART2] a delta put together with its base gives the text back', () => {
  fc.assert(
    fc.property(TEXT, TEXT, (base, text) => {
      const delta = findDelta(base, text)
      expect(delta).toBeDefined()
      const read = parseDelta(formatDelta(delta ?? []))
      expect(read).toEqual(delta)
      expect(applyDelta(base, read ?? [])).toBe(text)
    }),
    { numRuns: 1_000 },
  )
})

test('[ART2] an edit, a growth and a move cost what is new only', () => {
  const edited = FILE.replace('line 100 of', 'LINE 100 OF')
  const grown = `${FILE}\n${FILE.slice(0, 50)}\nand more`
  const moved = FILE.split('\n').toSpliced(20, 5).concat(FILE.split('\n').slice(20, 25)).join('\n')
  for (const text of [edited, grown, moved]) {
    expect(formatDelta(findDelta(FILE, text) ?? []).length).toBeLessThan(200)
  }
  const oneLine = '{"n":1,"name":"some value"},'.repeat(400)
  expect(formatDelta(findDelta(oneLine, `${oneLine}{"n":2}`) ?? []).length).toBeLessThan(40)
})

test('[ART2] what is no delta is told from one', () => {
  for (const text of ['', '{}', '[1]', '[1,"x"]', '[1.5,2]', '[null]', '[[1,2]]']) {
    expect(parseDelta(text)).toBeUndefined()
  }
  expect(applyDelta('abc', [{ from: 1, length: 9 }])).toBeUndefined()
  expect(applyDelta('abc', [{ from: -1, length: 1 }])).toBeUndefined()
})

test('[ART2] deltas and sketches of a megabyte of lines take linear time', () => {
  const start = performance.now()
  for (const unit of ['\n', 'a\n', 'a', 'a\nb\n', 'some line\n']) {
    const base = unit.repeat(1_000_000 / unit.length)
    findDelta(base, `x\n${base.slice(7)}y`)
    sketchLines(base)
  }
  expect(performance.now() - start).toBeLessThan(10_000)
})

test('[ART3] a change counts the lines that came and went, and names the new ones', () => {
  const edited = FILE.replace('line 100 of the file', 'line 100 is new\nand so is this')
  expect(describeChange(FILE, edited, 7)).toEqual({
    since: 7,
    added: 2,
    removed: 1,
    kept: 199,
    lines: ['+ 101: line 100 is new', '+ 102: and so is this'],
  })
  expect(describeChange(FILE, FILE, 7)).toBeUndefined()
  expect(describeChange(FILE, 'quite another thing', 7)?.kept).toBe(0)
  fc.assert(
    fc.property(TEXT, TEXT, (base, text) => {
      const change = describeChange(base, text, 1)
      expect(change?.lines.length ?? 0).toBeLessThanOrEqual(12)
      expect(change?.removed ?? 0).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('[ART1] texts that share most lines share most of their sketches', () => {
  const shared = (one: string, other: string): number => {
    const known = new Set(sketchLines(one))
    return sketchLines(other).filter((value) => known.has(value)).length
  }
  expect(shared(FILE, FILE.replaceAll('line 1', 'LINE 1'))).toBeGreaterThan(6)
  expect(shared(FILE, FILE.replaceAll('line', 'row'))).toBe(0)
})
