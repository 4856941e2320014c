import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileNameOf } from '../../../../src/app/keep/export-sessions.ts'
import {
  countTags,
  firstWords,
  listSessions,
  readKept,
  readTags,
  whenText,
  WORDS_KEY,
  type KeptSession,
} from '../../../../src/app/keep/kept-session.ts'
import { NO_DETAILS } from '../../../../src/core/session/session-details.ts'

const text = fc.string({ unit: 'binary', maxLength: 400 })

function kept(patch: Partial<KeptSession>): KeptSession {
  const rest = { title: '', name: '', tags: [], archived: false, createdAt: 0, generation: 0 }
  return {
    id: 'a',
    updatedAt: 0,
    messages: 0,
    tokens: 0,
    pending: 0,
    conflicts: 0,
    isLacking: false,
    isBlank: false,
    ...rest,
    ...patch,
  }
}

test('[KEEP2] a session is named by its title, its first words, or its id', () => {
  const summary = { createdAt: 1, updatedAt: 2, messages: 3, tokens: 4, generation: 0 }
  const words = { [WORDS_KEY]: 'the tap drips' }
  const nameOf = (id: string, title: string, host: Readonly<Record<string, string>>): string =>
    readKept({ ...summary, id, details: { ...NO_DETAILS, title, host } }).name
  expect(nameOf('s-1', 'Kitchen', words)).toBe('Kitchen')
  expect(nameOf('s-1', '', words)).toBe('the tap drips')
  expect(nameOf('s-1', '', {})).toBe('s-1')
  expect(nameOf('shipped:bug-hunt.json.gz:mb3k1x2a', '', {})).toBe('bug hunt')
})

test('[KEEP3] first words are one line of at most 80 characters, whatever the text', () => {
  fc.assert(
    fc.property(text, (said) => {
      const words = firstWords(said)
      expect(words.length).toBeLessThanOrEqual(80)
      expect(words.isWellFormed()).toBe(true)
      expect(words).not.toMatch(/[\n\r\t]/)
      expect(words.trim()).toBe(words)
    }),
  )
  expect(firstWords('  The tap\n\n drips ')).toBe('The tap drips')
  expect(firstWords(`${'word '.repeat(40)}end`)).toMatch(/ word…$/)
  expect(firstWords('x'.repeat(5_000_000))).toHaveLength(80)
})

test('[KEEP4] sessions are listed newest first, of the archive or not, with all tags asked for', () => {
  const sessions = [
    kept({ id: 'b', updatedAt: 5, tags: ['home'] }),
    kept({ id: 'a', updatedAt: 5, tags: ['home', 'wet'] }),
    kept({ id: 'c', updatedAt: 9 }),
    kept({ id: 'd', updatedAt: 7, archived: true, tags: ['home'] }),
  ]
  const ids = (archived: boolean, tags: readonly string[]): string =>
    listSessions(sessions, { archived, tags })
      .map(({ id }) => id)
      .join('')
  expect(ids(false, [])).toBe('cab')
  expect(ids(false, ['home'])).toBe('ab')
  expect(ids(false, ['home', 'wet'])).toBe('a')
  expect(ids(true, [])).toBe('d')
})

test('[KEEP5] tags are counted, and read from what was typed', () => {
  const sessions = [kept({ tags: ['b', 'a'] }), kept({ tags: ['b'] }), kept({ tags: ['c'] })]
  expect(countTags(sessions)).toEqual([
    { tag: 'b', count: 2 },
    { tag: 'a', count: 1 },
    { tag: 'c', count: 1 },
  ])
  expect(readTags(' home,  very   wet ,, home,')).toEqual(['home', 'very wet'])
  fc.assert(
    fc.property(fc.array(text), (typed) => {
      const tags = readTags(typed.join())
      expect(tags.length).toBeLessThanOrEqual(50)
      expect(new Set(tags).size).toBe(tags.length)
      for (const tag of tags) expect(tag.length >= 1 && tag.length <= 100).toBe(true)
    }),
  )
})

test('[KEEP6] when something was is said by how long ago it is', () => {
  const now = Date.UTC(2026, 10, 21, 12)
  const said = (ms: number): string => whenText(now - ms, now)
  expect(said(-5_000)).toBe('now')
  expect(said(59_000)).toBe('now')
  expect(said(61_000)).toBe('1 min')
  expect(said(3 * 3_600_000)).toBe('3 h')
  expect(said(2 * 86_400_000)).toBe('Thu')
  expect(said(40 * 86_400_000)).toMatch(/^\d+ Oct$/)
  expect(said(400 * 86_400_000)).toMatch(/2025$/)
})

test('[KEEP17] names of files hold letters and digits of any script, at most 60', () => {
  expect(fileNameOf('Der Wasserhahn: tropft?!')).toBe('Der-Wasserhahn-tropft')
  expect(fileNameOf('漢字 / 😀')).toBe('漢字')
  expect(fileNameOf('..//')).toBe('session')
  fc.assert(
    fc.property(text, (name) => {
      expect(fileNameOf(name)).toMatch(/^[\p{L}\p{N}-]{1,60}$/u)
    }),
  )
})
