import { expect, test } from 'vitest'
import { readRecallQuery } from '../../../src/widget/view/recall-query.ts'

test('[APP32] ranges, artifacts and words are told apart, and ranges are put in order and bounded', () => {
  expect(readRecallQuery('12-40')).toEqual({ from: 12, to: 40 })
  expect(readRecallQuery(' #40 .. #12 ')).toEqual({ from: 12, to: 40 })
  expect(readRecallQuery('#7')).toEqual({ from: 7, to: 7 })
  expect(readRecallQuery('0-3')).toEqual({ from: 1, to: 3 })
  expect(readRecallQuery('1-99999')).toEqual({ from: 1, to: 200 })
  expect(readRecallQuery('a'.repeat(64))).toEqual({ artifact: 'a'.repeat(64) })
  expect(readRecallQuery('artifact A1B2C3D4E5F6')).toEqual({ artifact: 'a1b2c3d4e5f6' })
  expect(readRecallQuery('artifact of the build')).toBe('artifact of the build')
  expect(readRecallQuery('a1b2c3d4e5f6')).toBe('a1b2c3d4e5f6')
  expect(readRecallQuery('#12.0')).toEqual({ seq: 12, part: 0 })
  expect(readRecallQuery('7')).toBe('7')
  expect(readRecallQuery('port 8080-8090')).toBe('port 8080-8090')
  expect(readRecallQuery('   ')).toBeNull()
})
