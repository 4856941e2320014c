import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StepDraft } from '../../../src/app/view/step-draft.ts'
import { draftOf, readDraft, STEP_PRESETS } from '../../../src/app/view/step-draft.ts'

const DRAFT: StepDraft = {
  kind: 'openai-compatible',
  baseUrl: 'http://localhost:11434/v1',
  model: 'llama3.2',
  key: '',
  window: '',
}

function problemOf(patch: Partial<StepDraft>): string {
  const read = readDraft({ ...DRAFT, ...patch })
  return read.ok ? 'none' : read.problem
}

test('[APP92] a step is what was typed, without what was left empty', () => {
  expect(readDraft(DRAFT)).toEqual({
    ok: true,
    choice: {
      kind: 'openai-compatible',
      baseUrl: 'http://localhost:11434/v1',
      model: 'llama3.2',
    },
  })
  expect(readDraft({ ...DRAFT, key: ' k ', window: '16,384', model: ' a ' })).toMatchObject({
    choice: { apiKey: 'k', contextTokens: 16_384, model: 'a' },
  })
  expect(readDraft({ ...DRAFT, kind: 'anthropic', baseUrl: '', key: 'k' })).toEqual({
    ok: true,
    choice: { kind: 'anthropic', model: 'llama3.2', apiKey: 'k' },
  })
  expect(readDraft({ ...DRAFT, kind: 'webllm', model: '' })).toEqual({
    ok: true,
    choice: { kind: 'webllm' },
  })
  expect(readDraft({ ...DRAFT, kind: 'browser-ai' })).toEqual({
    ok: true,
    choice: { kind: 'browser-ai' },
  })
})

test('[APP92] what can’t be asked is named as a sentence', () => {
  expect(problemOf({ baseUrl: '' })).toMatch(/^Enter the base URL/)
  expect(problemOf({ baseUrl: 'over there' })).toMatch(/not a complete URL/)
  expect(problemOf({ baseUrl: 'ftp://e.com' })).toMatch(/http/)
  expect(problemOf({ model: ' ' })).toMatch(/name of a model/)
  expect(problemOf({ kind: 'gemini', baseUrl: '', key: '' })).toMatch(/wants one/)
  expect(problemOf({ window: '999' })).toMatch(/whole number of tokens/)
  expect(problemOf({ window: 'many' })).toMatch(/whole number of tokens/)
  expect(problemOf({ key: 'k'.repeat(10_001) })).toMatch(/too long/)
})

test('[APP92] a key is never sent unencrypted to another machine, whatever the kind', () => {
  for (const kind of ['openai-compatible', 'anthropic', 'gemini'] as const) {
    expect(problemOf({ kind, baseUrl: 'http://e.com/v1', key: 'k' })).toMatch(/unencrypted/)
    expect(problemOf({ kind, baseUrl: 'http://127.0.0.1:1/v1', key: 'k' })).toBe('none')
  }
})

test('[APP92] every choice of the form begins a step that lacks at most model and key', () => {
  expect(new Set(STEP_PRESETS.map(({ key }) => key)).size).toBe(STEP_PRESETS.length)
  for (const preset of STEP_PRESETS) {
    const draft = { ...draftOf(preset), model: 'm', key: 'k' }
    const baseUrl = preset.key === 'other' ? 'https://e.com/v1' : draft.baseUrl
    expect(readDraft({ ...draft, baseUrl })).toMatchObject({ choice: { kind: preset.kind } })
  }
})

test('[APP92] reading is total: any text in any field', () => {
  const kind = fc.constantFrom(...new Set(STEP_PRESETS.map((preset) => preset.kind)))
  const text = fc.string({ unit: 'binary' })
  const fields = fc.record({ kind, baseUrl: text, model: text, key: text, window: text })
  fc.assert(
    fc.property(fields, (draft) => {
      const read = readDraft(draft)
      if (!read.ok) expect(read.problem).toMatch(/^[A-Z].*\.$/)
      else expect(read.choice.kind).toBe(draft.kind)
    }),
  )
})
