import { expect, test } from 'vitest'
import {
  addressOf,
  readCatalog,
  readRunId,
  runId,
  titleOfFile,
} from '../../../src/app/run/session-catalog.ts'

test('[APP38] lists are read field by field; what has no usable file name is left out', () => {
  const items = readCatalog(
    [
      { file: 'a.json', title: 'A', description: 'About a', tokens: 30_000, messages: 12 },
      { file: 'my-long_session.json.gz', bytes: 99, tokens: -1, title: 7 },
      { file: '../secret.json' },
      { file: '/etc/passwd' },
      { file: '' },
      null,
      'text',
    ],
    'shipped',
  )
  expect(items).toEqual([
    {
      origin: 'shipped',
      file: 'a.json',
      title: 'A',
      description: 'About a',
      tokens: 30_000,
      messages: 12,
      bytes: null,
    },
    {
      origin: 'shipped',
      file: 'my-long_session.json.gz',
      title: 'my long session',
      description: '',
      tokens: null,
      messages: null,
      bytes: 99,
    },
  ])
  expect(readCatalog({ not: 'a list' }, 'local')).toEqual([])
})

test('[APP38] addresses stay beside the page, whatever characters a name has', () => {
  const [item] = readCatalog([{ file: 'sub dir/a#?.json' }], 'local')
  expect(item && addressOf(item)).toBe('./local-sessions/sub%20dir/a%23%3F.json')
  expect(titleOfFile('x/y/2024-01.chat.jsonl')).toBe('2024 01.chat')
})

test('[APP38] a run’s id tells what was played and when; other ids are nobody’s run', () => {
  const id = runId({ origin: 'local', file: 'a:b c.json' }, 1_790_000_000_000)
  expect(readRunId(id)).toEqual({
    origin: 'local',
    file: 'a:b c.json',
    startedAt: 1_790_000_000_000,
  })
  expect(runId({ origin: 'local', file: 'x' }, 1)).not.toBe(
    runId({ origin: 'local', file: 'x' }, 2),
  )
  expect(readRunId('support-42')).toBeUndefined()
})
