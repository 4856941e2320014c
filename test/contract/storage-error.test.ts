import { Dexie } from 'dexie'
import { expect, test } from 'vitest'
import { BackfoldError, type BackfoldErrorCode } from '../../src/core/backfold-error.ts'
import { toStorageError } from '../../src/store/storage-error.ts'

const full = (): DOMException => new DOMException('the disk is full', 'QuotaExceededError')

/** What a browser or Dexie throws, with the code and a word of the advice. */
const FAILURES: readonly (readonly [string, unknown, BackfoldErrorCode, RegExp])[] = [
  ['a full disk', full(), 'STORAGE_QUOTA_EXCEEDED', /free disk space/],
  [
    'a full disk, wrapped by Dexie',
    new Dexie.AbortError('aborted', full()),
    'STORAGE_QUOTA_EXCEEDED',
    /free disk space/,
  ],
  [
    'a full disk, wrapped twice',
    new Dexie.AbortError('aborted', new Dexie.UnknownError('?', full())),
    'STORAGE_QUOTA_EXCEEDED',
    /nothing was written/,
  ],
  ['a newer database', new DOMException('', 'VersionError'), 'STORAGE_NEWER', /reload/],
  ['a newer database, by Dexie', new Dexie.VersionError('v'), 'STORAGE_NEWER', /reload/],
  [
    'an older tab',
    Object.assign(new Error('b'), { name: 'BlockedError' }),
    'STORAGE_BLOCKED',
    /close or reload/,
  ],
  ['a closed database', new Dexie.DatabaseClosedError('c'), 'STORAGE_LOST', /open Backfold again/],
  [
    'a closing connection',
    new DOMException('', 'InvalidStateError'),
    'STORAGE_LOST',
    /open Backfold again/,
  ],
  ['a broken file', new DOMException('', 'UnknownError'), 'STORAGE_LOST', /open Backfold again/],
  ['a missing table', new DOMException('', 'NotFoundError'), 'STORAGE_LOST', /open Backfold/],
  ['no IndexedDB', new Dexie.MissingAPIError('none'), 'STORAGE_LOST', /open Backfold again/],
  [
    'a failed opening',
    new Dexie.OpenFailedError('no', new DOMException('', 'VersionError')),
    'STORAGE_NEWER',
    /reload/,
  ],
]

test.each(FAILURES)('[ERR2] %s has a code and says what to do', (_, failure, code, advice) => {
  const error = toStorageError(failure)
  expect(error).toBeInstanceOf(BackfoldError)
  expect(error.code).toBe(code)
  expect(error.message).toMatch(advice)
})

test('[ERR2] what is no failure of storage is passed on, or called what it is', () => {
  const own = new BackfoldError('INVALID_INPUT', 'it will not do')
  expect(toStorageError(own)).toBe(own)
  for (const bug of [new TypeError('x is undefined'), 'a text', undefined]) {
    expect(toStorageError(bug)).toMatchObject({ code: 'INTERNAL' })
  }
  expect(toStorageError(new TypeError('x is undefined')).message).toContain('x is undefined')
})

test('[ERR2] a failure that is its own cause ends the search', () => {
  const failure = new Error('circular') as Error & { inner?: unknown }
  failure.inner = Object.assign(new Error('other'), { inner: failure })
  expect(toStorageError(failure)).toMatchObject({ code: 'INTERNAL' })
})
