import { gzipSync } from 'node:zlib'
import { join } from 'node:path'
import fc from 'fast-check'
import { build, type Rolldown } from 'vite'
import { expect, test } from 'vitest'
import { isCandidate } from '../../../../extension/page/is-candidate.ts'

const root = join(import.meta.dirname, '../../../..')

test('[WRAP12] the script of a page is one, of at most 4,000 bytes packed, and loads nothing', async () => {
  const built = (await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      write: false,
      target: ['chrome120', 'firefox140'],
      minify: true,
      lib: { entry: 'extension/page/page.ts', formats: ['iife'], name: 'backfold' },
    },
  })) as readonly Rolldown.RolldownOutput[]
  const chunks = built.flatMap(({ output }) => output)
  expect(chunks).toHaveLength(1)
  const code = chunks[0]?.type === 'chunk' ? chunks[0].code : ''
  expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThanOrEqual(4_000)
  expect(code).not.toMatch(/\bimport\b|\bchrome\b|importScripts|\beval\b/)
})

const turn = fc.record({
  role: fc.constantFrom('user', 'assistant', 'model'),
  content: fc.string(),
})

test('[WRAP3] a history of two messages is of interest in every format, and words in a string are not', () => {
  const histories = (turns: unknown): readonly unknown[] => [
    { model: 'm', messages: turns },
    { contents: turns, systemInstruction: {} },
    { model: 'm', input: turns },
  ]
  fc.assert(
    fc.property(fc.array(turn, { minLength: 2, maxLength: 5 }), fc.boolean(), (turns, isSpread) => {
      for (const body of histories(turns)) {
        expect(isCandidate(JSON.stringify(body, null, isSpread ? 2 : 0))).toBe(true)
        expect(isCandidate(JSON.stringify({ text: JSON.stringify(body) }))).toBe(false)
      }
      for (const body of histories(turns.slice(0, 1))) {
        expect(isCandidate(JSON.stringify(body))).toBe(false)
      }
      expect(isCandidate(JSON.stringify({ turns }))).toBe(false)
    }),
  )
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void isCandidate(text)))
})
