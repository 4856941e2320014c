import { expect, test } from 'vitest'
import {
  BackfoldError,
  isBackfoldError,
  type BackfoldErrorCode,
} from '../../../src/core/backfold-error.ts'
import { fromReply, toReply } from '../../../src/protocol/reply.ts'

/** Sends an end of work across a thread, as far as structured clone goes. */
async function cross<T>(work: () => Promise<T>): Promise<T> {
  return fromReply(structuredClone(await toReply(work)))
}

test('[ERR1] an error crosses a thread with its code and message', async () => {
  const codes: readonly BackfoldErrorCode[] = ['INVALID_INPUT', 'STORAGE_QUOTA_EXCEEDED', 'CLOSED']
  for (const code of codes) {
    const failing = cross(() => Promise.reject(new BackfoldError(code, `it was ${code}`)))
    await expect(failing).rejects.toMatchObject({ code, message: `it was ${code}` })
    await expect(failing).rejects.toSatisfy(isBackfoldError)
    await expect(failing).rejects.toBeInstanceOf(BackfoldError)
  }
  expect(await cross(async () => ({ a: [1, undefined] }))).toEqual({ a: [1, undefined] })
})

test('[ERR1] a failure that was not foreseen crosses as INTERNAL, with what it was', async () => {
  const internal = { code: 'INTERNAL', message: 'TypeError: x is undefined' }
  await expect(cross(() => Promise.reject(new TypeError('x is undefined')))).rejects.toMatchObject(
    internal,
  )
  // oxlint-disable-next-line prefer-promise-reject-errors -- foreign code does it
  const odd = (): Promise<never> => Promise.reject('a text')
  await expect(cross(odd)).rejects.toMatchObject({ code: 'INTERNAL', message: 'a text' })
  const uncloneable = Object.assign(new Error('with a function'), { work: () => {} })
  await expect(cross(() => Promise.reject(uncloneable))).rejects.toMatchObject({
    code: 'INTERNAL',
  })
})

test('[ERR1] errors of another bundle are recognised by name and code', () => {
  class Other extends Error {
    override readonly name = 'BackfoldError'
    readonly code = 'TIMED_OUT'
  }
  expect(isBackfoldError(new Other('late'))).toBe(true)
  expect(isBackfoldError(new BackfoldError('CLOSED', 'closed'))).toBe(true)
  expect(isBackfoldError(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe(false)
  expect(isBackfoldError({ name: 'BackfoldError', code: 'CLOSED', message: 'x' })).toBe(false)
  expect(isBackfoldError(Object.assign(new Error('x'), { name: 'BackfoldError' }))).toBe(false)
  expect(isBackfoldError(undefined)).toBe(false)
})

test('[ERR1] the error of another bundle keeps its code on the way across', async () => {
  const other = Object.assign(new Error('late'), { name: 'BackfoldError', code: 'TIMED_OUT' })
  await expect(cross(() => Promise.reject(other))).rejects.toMatchObject({
    code: 'TIMED_OUT',
    message: 'late',
  })
})
