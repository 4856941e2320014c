import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findUsedLines, indexUses } from '../../../../../src/core/memory/stubs/used-lines.ts'
import { assistant, buildLog, result, toolCall, user } from '../../../../support/build-log.ts'

const CONFIG = [
  'retries = 3',
  'poolSize = 40',
  'endpoint = https://parcels.example/v2',
  'queueName = parcels-high',
  'the service answers with the parcels of the day',
  'cacheDir = /var/cache/parcels',
].join('\n')

function usedOf(payload: string, ...later: Parameters<typeof buildLog>[0]): readonly string[] {
  const { messages } = buildLog([
    user('Read the config of cacheDir.'),
    result('c', payload),
    ...later,
  ])
  return findUsedLines(payload, indexUses(messages), { seq: 2 })
}

test('[USE1] lines with what is said or called later are used, what tools return is not', () => {
  expect(usedOf(CONFIG, assistant('I raise poolSize.'))).toEqual(['poolSize = 40'])
  const call = toolCall('d', 'run', '{"command":"purge parcels-high"}')
  expect(usedOf(CONFIG, { role: 'assistant', parts: [call] })).toEqual(['queueName = parcels-high'])
  expect(usedOf(CONFIG, result('d', 'poolSize is fine'))).toEqual([])
  expect(usedOf(CONFIG)).toEqual([])
})

test('[USE2] rare names count most, names said before little, words hardly', () => {
  expect(usedOf(CONFIG, assistant('The service answers.'))).toEqual([])
  expect(usedOf(CONFIG, assistant('So cacheDir it is.'))).toEqual([])
  const table = Array.from({ length: 50 }, (_, n) => `row_kind item_${n}`).join('\n')
  expect(usedOf(table, assistant('row_kind of item_31 is wrong'))).toEqual(['row_kind item_31'])
})

test('[USE3] of a long line the piece is shown that was used', () => {
  const data = JSON.stringify(Array.from({ length: 400 }, (_, n) => ({ id: `ord_${n}`, total: n })))
  const [line = ''] = usedOf(data, assistant('ord_317 is the one'))
  expect(line).toContain('"ord_317"')
  expect(line.length).toBeLessThanOrEqual(240)
  expect(data).toContain(line)
})

test('[USE3] any payload gives a bounded number of its own lines, in linear time', () => {
  const { messages } = buildLog([
    assistant('x'),
    assistant('see a_b, /c/d.ts and 12345 and \uD800_x'),
  ])
  const uses = indexUses(messages)
  const piece = fc.constantFrom('a_b', '/c/d.ts', '12345', '\n', ' ', '\uD800', '_x', '{', '9')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
      const payload = pieces.join('')
      const lines = findUsedLines(payload, uses, { seq: 1, most: 5 })
      expect(lines.length).toBeLessThanOrEqual(5)
      for (const line of lines) expect(payload).toContain(line)
    }),
  )
  const start = performance.now()
  for (const unit of ['a_b', 'a_b\n', 'a_b ', '/', '12345,']) {
    findUsedLines(unit.repeat(1_000_000 / unit.length), uses, { seq: 1 })
  }
  expect(performance.now() - start).toBeLessThan(10_000)
})
