import { assert, double, integer, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import {
  detailsPoint,
  pointOf,
  sharesOf,
  stepAside,
  type Box,
} from '../../../../extension/bridge/pill/pill-place.ts'

const PILL = { width: 72, height: 28 }
const PAGE = { width: 1000, height: 700 }
const pages = record({
  width: integer({ min: 90, max: 4000 }),
  height: integer({ min: 50, max: 3000 }),
})

test('[PILL5] any place in shares lies in sight, and comes back as it was', () => {
  assert(
    property(record({ x: double(), y: double() }), pages, (at, page) => {
      const point = pointOf(at, PILL, page)
      expect(point.x).toBeGreaterThanOrEqual(8)
      expect(point.x + PILL.width).toBeLessThanOrEqual(page.width - 8)
      expect(point.y).toBeGreaterThanOrEqual(8)
      expect(point.y + PILL.height).toBeLessThanOrEqual(page.height - 8)
      const again = pointOf(sharesOf(point, PILL, page), PILL, page)
      expect(again.x).toBeCloseTo(point.x)
      expect(again.y).toBeCloseTo(point.y)
    }),
  )
  expect(pointOf({ x: 1, y: 1 }, PILL, { width: 10, height: 10 })).toEqual({ x: 8, y: 8 })
})

test('[PILL6] it steps aside to the nearest free place, upwards first', () => {
  const from = pointOf({ x: 0.5, y: 1 }, PILL, PAGE)
  const isAbove = ({ y, height }: Box): boolean => y + height <= 560
  expect(stepAside(from, PILL, PAGE, () => true)).toBe(from)
  expect(stepAside(from, PILL, PAGE, () => false)).toBe(from)
  const up = stepAside(from, PILL, PAGE, isAbove)
  expect(up.x).toBe(from.x)
  expect(up.y + 28).toBeLessThanOrEqual(560)
  expect(up.y).toBeGreaterThan(560 - 28 - 40)
  const right = stepAside({ x: 8, y: 8 }, PILL, PAGE, ({ x }) => x > 100)
  expect(right).toEqual({ x: 8 + 3 * 36, y: 8 })
})

test('[PILL4] details lie in sight wherever the pill is', () => {
  assert(
    property(record({ x: double({ min: 0, max: 1 }), y: double({ min: 0, max: 1 }) }), (at) => {
      const pill = { ...pointOf(at, PILL, PAGE), ...PILL }
      const { x, y } = detailsPoint(pill, { width: 248, height: 190 }, PAGE)
      expect(x).toBeGreaterThanOrEqual(8)
      expect(x + 248).toBeLessThanOrEqual(992)
      expect(y).toBeGreaterThanOrEqual(8)
      expect(y + 190).toBeLessThanOrEqual(692)
      expect(y + 190 <= pill.y || y >= pill.y + 28).toBe(true)
    }),
  )
})
