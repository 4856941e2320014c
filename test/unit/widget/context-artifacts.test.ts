import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry } from '../../../src/core/session/context.ts'
import type { DigestLine } from '../../../src/core/session/generation.ts'
import type { Message } from '../../../src/core/session/message.ts'
import { stubText } from '../../../src/core/memory/stub-text.ts'
import { contextArtifacts } from '../../../src/widget/view/context-artifacts.ts'
import { readStub } from '../../../src/widget/view/read-stub.ts'

const HASH = 'a1b2c3d4e5f6'.padEnd(64, '0')
const OTHER = 'b1b2c3d4e5f6'.padEnd(64, '0')

function stubbed(seq: number, output: string, artifacts: readonly string[]): Entry {
  const parts = [{ type: 'tool-result', callId: 'c', output }] as const
  const message = { id: String(seq), seq, role: 'tool', parts } as unknown as Message
  return { kind: 'stubbed', message, tokens: 10, artifacts }
}

function digest(...lines: readonly Partial<DigestLine>[]): Entry {
  const whole = lines.map((line, index) => ({ id: String(index), sources: [index + 1], ...line }))
  const rest = { generation: 1, mark: 9, text: '', tokens: 1 }
  return { kind: 'digest', ...rest, lines: whole as unknown as readonly DigestLine[] }
}

test('[REACT12] a stub is told by what it was and how big', () => {
  const text = stubText('x\n'.repeat(500), { label: 'read_file a.ts', artifact: HASH, seq: 4 })
  expect(readStub(text)).toMatchObject({
    title: 'read_file a.ts',
    size: '1,000 characters, 501 lines',
  })
  expect(readStub('no stub')).toEqual({ title: '', size: '', rest: 'no stub' })
})

test('[REACT12] artifacts come once each, and a stub tells more than a line', () => {
  const text = stubText('x'.repeat(900), { label: 'read_file a.ts', artifact: HASH, seq: 12 })
  const entries = [
    digest(
      { text: 'old line', artifact: HASH.slice(0, 12) },
      { text: 'run tests: result, log, 40 lines, artifact b1b2c3d4e5f6', artifact: OTHER },
      { text: 'no artifact' },
    ),
    stubbed(12, text, [HASH]),
  ]
  expect(contextArtifacts(entries)).toEqual([
    {
      artifact: HASH,
      title: 'read_file a.ts',
      size: '900 characters, 1 lines',
      sources: [12],
      from: 'stub',
    },
    {
      artifact: OTHER,
      title: 'run tests',
      size: 'result, log, 40 lines, artifact b1b2c3d4e5f6',
      sources: [2],
      from: 'digest',
    },
  ])
})

test('[REACT12] whatever stands in stubs and lines, the list is bounded and never throws', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(fc.array(text), text, (texts, output) => {
      const lines = texts.map((line) => ({ text: `${line}: result, ${line}`, artifact: line }))
      const found = contextArtifacts([digest(...lines), stubbed(3, output, texts)])
      expect(found.length).toBeLessThanOrEqual(new Set(texts.map((one) => one.slice(0, 12))).size)
      for (const { title, size } of found) {
        expect(title.length + Math.min(size.length, 160)).toBeLessThanOrEqual(320)
      }
    }),
  )
})
