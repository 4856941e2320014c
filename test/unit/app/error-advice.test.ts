import { expect, test } from 'vitest'
import { describeFileProblem, describeProblem } from '../../../src/app/view/error-advice.ts'
import { BackfoldError } from '../../../src/core/backfold-error.ts'

test('[APP33] an error of Backfold is shown by its code with what to do; anything else as INTERNAL', () => {
  const blocked = describeProblem(new BackfoldError('STORAGE_BLOCKED', 'held by another tab'))
  expect(blocked).toMatchObject({ code: 'STORAGE_BLOCKED', message: 'held by another tab' })
  expect(blocked.advice).toMatch(/other tabs/)
  expect(describeProblem(new TypeError('x is undefined'))).toMatchObject({
    code: 'INTERNAL',
    message: 'x is undefined',
  })
  expect(describeProblem('torn')).toMatchObject({ code: 'INTERNAL', message: 'torn' })
})

test('[APP33] a file that cannot be read is named, with the kinds that can be', () => {
  const problem = describeFileProblem('notes.pdf', new Error('not JSON'))
  expect(problem).toMatchObject({ code: 'FILE', message: 'notes.pdf: not JSON' })
  expect(describeFileProblem('a.json', new Error('a.json, line 1: x')).message).toBe(
    'a.json, line 1: x',
  )
  expect(problem.advice).toMatch(/\.jsonl/)
})
