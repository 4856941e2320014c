import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSseParser } from '../../../src/widget/chat/ask/sse-parser.ts'

const read = (...pieces: readonly string[]): readonly string[] => {
  const parser = createSseParser()
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()].map(
    ({ event, data }) => `${event}=${data}`,
  )
}

test('[APP9] events, names, many-line data, comments and unknown fields are read as the standard says', () => {
  expect(
    read(
      '\uFEFF: hello\n\ndata: one\n\nevent: usage\ndata:two\ndata:  three\nid: 7\nretry: 10\n\ndata\n\nevent: none\n\n',
    ),
  ).toEqual(['message=one', 'usage=two\n three', 'message='])
})

test('[APP10] the cut between pieces and the kind of line end change nothing', () => {
  const events = ['{"a":"é😀"}', 'two\nlines', '[DONE]']
  fc.assert(
    fc.property(
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(80), { maxLength: 20 }),
      (lineEnd, cuts) => {
        const wire = events
          .map(
            (data) =>
              `${data
                .split('\n')
                .map((line) => `data: ${line}`)
                .join('\n')}\n\n`,
          )
          .join('')
          .replaceAll('\n', lineEnd)
        const places = [0, ...[...cuts].sort((a, b) => a - b), wire.length]
        const pieces = places.slice(1).map((to, index) => wire.slice(places[index], to))
        expect(read(...pieces)).toEqual(events.map((data) => `message=${data}`))
      },
    ),
  )
})

test('[APP11] an event that the end cuts off is still returned, and a line without end is refused', () => {
  expect(read('data: whole\n\ndata: cut')).toEqual(['message=whole', 'message=cut'])
  const parser = createSseParser()
  expect(() => parser.push('x'.repeat(4_000_001))).toThrow(RangeError)
})
