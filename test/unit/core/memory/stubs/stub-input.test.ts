import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stubInput } from '../../../../../src/core/memory/stubs/stub-input.ts'
import { PATCH, TYPESCRIPT } from './samples.ts'

const about = { label: 'write_file arguments', seq: 9, artifact: '0123456789abcdef' }

function stubbed(input: unknown): unknown {
  return JSON.parse(stubInput(JSON.stringify(input), about) ?? 'null') as unknown
}

test('[STUB7] small fields stay, a large text becomes a stub that names its path and shows its outline', () => {
  const input = {
    file_path: 'src/invoice.ts',
    content: TYPESCRIPT.repeat(4),
    mode: 420,
    force: true,
  }
  expect(stubbed(input)).toEqual({ ...input, content: expect.any(String) as unknown })
  const { content } = stubbed(input) as typeof input
  expect(content).toContain('[content of src/invoice.ts: moved out of context')
  expect(content).toContain('TypeScript code')
  expect(content).toContain('export class InvoiceBook')
  expect(content).toContain('recall message 9 or artifact 0123456789ab')
})

test('[STUB7] each text of an edit, and of a list of edits, has its own stub', () => {
  const edit = (n: number) => ({
    old_string: `old ${n}\n`.repeat(80),
    new_string: `new ${n}\n`.repeat(90),
  })
  const one = stubbed({ path: 'a.py', ...edit(1), replace_all: false })
  expect(one).toMatchObject({ path: 'a.py', replace_all: false })
  expect((one as { new_string: string }).new_string).toContain('new_string of a.py')
  const many = stubbed({
    path: 'a.py',
    edits: [edit(1), edit(2), { old_string: 'x', new_string: 'y' }],
  })
  expect(many).toMatchObject({ edits: [{}, {}, { old_string: 'x', new_string: 'y' }] })
  expect(JSON.stringify(many)).toContain('edits.1.new_string of a.py')
})

test('[STUB8] arguments that are no object become an object with one stub', () => {
  const free = stubbed(PATCH.repeat(20)) as { stub: string }
  expect(Object.keys(free)).toEqual(['stub'])
  expect(free.stub).toContain('diff, 1 file, +20 −20')
  const broken = JSON.parse(stubInput(PATCH.repeat(20), about) ?? '') as { stub: string }
  expect(broken.stub).toContain('lib/mailer.rb +20 −20')
  expect(stubbed(Array.from({ length: 900 }, (_, n) => n))).toEqual({
    stub: expect.stringContaining('JSON array, 900 items') as unknown,
  })
})

test('[STUB7] the lines that were used are looked for in the text itself', () => {
  const usedIn = (text: string): readonly string[] =>
    text.split('\n').filter((line) => line.includes('LIMIT'))
  const text = stubInput(JSON.stringify({ path: 'a.ts', content: TYPESCRIPT.repeat(4) }), {
    ...about,
    usedIn,
  })
  expect((JSON.parse(text ?? '') as { content: string }).content).toContain('| const LIMIT = 500')
})

test('[STUB7, STUB8] whatever the arguments, the result is a shorter JSON object, or none', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const text = fc.oneof(
    fc.json({ maxDepth: 5 }),
    fc.string({ maxLength: 2_000, unit: 'binary' }),
    fc
      .dictionary(fc.string(), fc.string({ maxLength: 900 }), { maxKeys: 80 })
      .map((it) => JSON.stringify(it)),
    fc.constantFrom(deep, `{"a":${deep}}`, `{"__proto__":"${'p'.repeat(900)}"}`),
  )
  fc.assert(
    fc.property(text, (input) => {
      const stub = stubInput(input, about)
      if (stub === undefined) return
      expect(stub.length).toBeLessThan(input.length)
      expect(stub.startsWith('{')).toBe(true)
      expect(JSON.parse(stub)).toBeTypeOf('object')
    }),
    { numRuns: 300 },
  )
  const many = stubInput(
    JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, n]))),
    about,
  )
  expect(many?.length).toBeLessThan(2_000)
})
