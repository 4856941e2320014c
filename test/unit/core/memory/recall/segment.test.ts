import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSegmentBuilder } from '../../../../../src/core/memory/recall/build-segment.ts'
import { openSegment } from '../../../../../src/core/memory/recall/open-segment.ts'
import type { Segment } from '../../../../../src/core/memory/recall/segment.ts'

const builder = createSegmentBuilder(3)
builder.add({ seq: 3, text: 'the zebra crosses the bridge in src/app/main.ts' })
builder.add({ seq: 4, text: '' })
builder.add({ seq: 5, text: 'a second passage\n'.repeat(60) })
const SEGMENT = builder.build()

const ARRAYS = ['starts', 'postings', 'counts', 'seqs', 'offsets', 'lengths', 'sizes'] as const

test('[IDX5] a segment that was copied as it is stored opens', () => {
  const opened = openSegment(structuredClone(SEGMENT))
  expect(opened?.segment).toEqual(SEGMENT)
  expect(opened?.terms).toContain('src/app/main.ts')
  expect([SEGMENT.from, SEGMENT.to]).toEqual([3, 5])
  expect(openSegment(createSegmentBuilder(1).build())?.terms).toEqual([])
})

test('[IDX5] a segment in which one number or character is another does not open', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ARRAYS),
      fc.nat(),
      fc.integer({ min: 1, max: 200 }),
      (name, nth, change) => {
        const copy = structuredClone(SEGMENT)
        const array = copy[name]
        const at = nth % array.length
        array[at] = (array[at] ?? 0) + change
        expect(openSegment(copy)).toBeUndefined()
      },
    ),
  )
  for (const change of [
    { terms: SEGMENT.terms.replace('zebra', 'zebrb') },
    { from: 4 },
    { to: 4 },
    { checksum: SEGMENT.checksum ^ 1 },
    { version: SEGMENT.version + 1 },
  ]) {
    expect(openSegment({ ...SEGMENT, ...change }), JSON.stringify(change)).toBeUndefined()
  }
})

test('[IDX5] what is no segment does not open', () => {
  const shapes: readonly object[] = [
    {},
    { version: SEGMENT.version },
    { ...SEGMENT, terms: undefined },
    { ...SEGMENT, starts: [...SEGMENT.starts] },
    { ...SEGMENT, counts: SEGMENT.counts.slice(1) },
    { ...SEGMENT, sizes: SEGMENT.sizes.slice(1) },
    { ...SEGMENT, from: '3' },
    ...ARRAYS.map((name) => ({ ...SEGMENT, [name]: null })),
  ]
  for (const shape of shapes) expect(openSegment(shape as Segment)).toBeUndefined()
})

test('[IDX6] a segment is full by messages or by text, whatever is built meanwhile', () => {
  const small = createSegmentBuilder(1)
  let messages = 0
  for (; !small.isFull(); messages += 1) small.add({ seq: messages + 1, text: 'x' })
  expect(messages).toBe(512)
  const large = createSegmentBuilder(1)
  large.add({ seq: 1, text: 'x '.repeat(60_000) })
  large.build()
  expect(large.isFull()).toBe(false)
  large.add({ seq: 2, text: 'x '.repeat(4_000) })
  expect(large.isFull()).toBe(true)
  expect(large.next).toBe(3)
})

test('[IDX10] a message of two million characters is indexed in linear time', () => {
  for (const shape of ['word src/a.ts ', 'x', 'aB', '漢', '1,000 ']) {
    const began = performance.now()
    const own = createSegmentBuilder(1)
    own.add({ seq: 1, text: shape.repeat(2_000_000 / shape.length) })
    expect(openSegment(own.build())).toBeDefined()
    expect(performance.now() - began, shape).toBeLessThan(10_000)
  }
})
