import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { listLater, listPrecached } from '../../../support/build/offline-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'backfold-precache-'))

afterAll(() => rmSync(folder, { recursive: true }))

test('[PWA1] all files but the large ones are stored, with a revision where the name has none', () => {
  mkdirSync(join(folder, 'assets'))
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
  write('index.html', '<p>')
  write('assets/a-1.js', 'a')
  write('assets/table.js', 'x'.repeat(600_001))
  write('sw.js', 'itself')
  write('THIRD-PARTY-LICENSES.md', 'long')
  const before = listPrecached(folder)
  expect(before.map(({ url }) => url)).toEqual(['assets/a-1.js', 'index.html'])
  expect(before[0]?.revision).toBeNull()
  // Only what has its content in its name may be kept without asking again.
  write('large.bin', 'x'.repeat(600_001))
  expect(listLater(folder)).toEqual(['assets/table.js'])
  write('index.html', '<p>new')
  const [, after] = listPrecached(folder)
  expect(after?.revision).toMatch(/^[0-9a-f]{16}$/)
  expect(after?.revision).not.toBe(before[1]?.revision)
})
