import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createJsonSplitter,
  type JsonElement,
} from '../../../../src/core/transfer/json-splitter.ts'
import { createLineSplitter } from '../../../../src/core/transfer/line-splitter.ts'

const LIMITS = { bytes: 100_000, depth: 20 }

/** The bytes in pieces of these sizes, again and again. */
function cut(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = Math.max(1, sizes[i % Math.max(1, sizes.length)] ?? 1)
    pieces.push(bytes.slice(at, at + size))
    at += size
  }
  return pieces
}

function split(
  text: string,
  sizes: readonly number[] = [7],
  limits: typeof LIMITS = LIMITS,
): {
  readonly elements: readonly JsonElement[]
  readonly end: ReturnType<ReturnType<typeof createJsonSplitter>['end']>
} {
  const splitter = createJsonSplitter(limits)
  const pieces = cut(new TextEncoder().encode(text), sizes)
  return { elements: pieces.flatMap((piece) => splitter.push(piece)), end: splitter.end() }
}

const textOf = ({ bytes }: JsonElement): string => new TextDecoder().decode(bytes)

test('[ARC1] elements are cut out of any list, however it is written and arrives', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 })
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' })),
      sizes,
      fc.constantFrom(0, 1, 3),
      (values, pieces, space) => {
        const { elements, end } = split(JSON.stringify(values, null, space), pieces)
        expect(elements.map((element) => JSON.parse(textOf(element)) as unknown)).toEqual(
          JSON.parse(JSON.stringify(values)),
        )
        expect(end).toMatchObject({ isClosed: true, rest: undefined, trailingLine: 0 })
      },
    ),
  )
})

test('[ARC1] each element has its line and column, and what is behind the list its line', () => {
  const { elements, end } = split('[{"a":"]\\"[,"},\n  [1,\n2],\r\n"x", 7]\n]')
  expect(elements.map((element) => [textOf(element), element.line, element.column])).toEqual([
    ['{"a":"]\\"[,"}', 1, 2],
    ['[1,\n2]', 2, 3],
    ['"x"', 4, 1],
    ['7', 4, 6],
  ])
  expect(end.trailingLine).toBe(5)
})

test('[ARC1] a list that breaks off gives what is whole, and the rest apart', () => {
  const whole = '[{"a":1},{"b":[2,{"c":"d"}]},{"e":"long text"}]'
  for (let length = 0; length < whole.length; length += 1) {
    const { elements, end } = split(whole.slice(0, length))
    expect(end.isClosed).toBe(false)
    const said = [...elements.map(textOf), ...(end.rest ? [textOf(end.rest)] : [])].join()
    expect(whole).toContain(said)
    for (const element of elements)
      expect(() => JSON.parse(textOf(element)) as unknown).not.toThrow()
  }
})

test('[ARC1] what is too deep or too large is not kept, and what follows is', () => {
  const deep = `${'['.repeat(30)}${']'.repeat(30)}`
  const large = JSON.stringify('x'.repeat(500))
  const { elements } = split(`[1,${deep},${large},2]`, [13], { bytes: 400, depth: 20 })
  expect(elements.map(({ reason }) => reason)).toEqual([
    undefined,
    'too-deep',
    'too-large',
    undefined,
  ])
  expect(elements[3] && textOf(elements[3])).toBe('2')
})

test('[ARC2] lines are cut out however they arrive', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })
  const line = fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\n', ' '))
  fc.assert(
    fc.property(fc.array(line), sizes, (lines, pieces) => {
      const splitter = createLineSplitter(1_000)
      const text = lines.join('\n')
      const found = cut(new TextEncoder().encode(text), pieces).flatMap((piece) =>
        splitter.push(piece),
      )
      const last = splitter.end()
      const all = [...found, ...(last ? [last] : [])].map(({ bytes }) =>
        new TextDecoder().decode(bytes),
      )
      expect(all.join('\n')).toBe(text.endsWith('\n') ? text.slice(0, -1) : text)
      expect(found.map((one) => one.line)).toEqual(found.map((_, i) => i + 1))
    }),
  )
  const small = createLineSplitter(4)
  const [first, second] = small.push(new TextEncoder().encode('too long\nfine\n'))
  expect(first?.bytes).toBeUndefined()
  expect(second && new TextDecoder().decode(second.bytes)).toBe('fine')
})
