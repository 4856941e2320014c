import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packRow, unpackRow } from '../../../src/store/pack-row.ts'

test('[ENC4] whatever structured clone keeps of plain data comes back', () => {
  const plain = fc.anything({
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withBigInt: true,
    withSparseArray: false,
    withNullPrototype: false,
    key: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\u0000', '__proto__', 'toJSON')),
  })
  fc.assert(
    fc.property(fc.dictionary(fc.string(), plain), (row) => {
      let wanted: unknown
      try {
        wanted = structuredClone(row)
      } catch {
        return
      }
      expect(unpackRow(packRow(row))).toEqual(wanted)
    }),
  )
})

test('[ENC4] lone surrogates, odd numbers and binary data come back as they were', () => {
  const row = {
    text: '\ud83d and \udc00',
    numbers: [-0, Number.NaN, -Infinity, 2 ** 53],
    starts: Uint32Array.of(1, 2 ** 32 - 1),
    bytes: new Uint8Array(Uint8Array.of(9, 8, 7, 6).buffer, 1, 2),
    '\u0000': ['undefined'],
    none: undefined,
  }
  expect(unpackRow(packRow(row))).toStrictEqual(row)
  const loop: { self?: object } = {}
  loop.self = loop
  expect(() => packRow(loop)).toThrow(TypeError)
})
