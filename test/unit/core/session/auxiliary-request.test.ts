import { expect, test } from 'vitest'
import { mayBeAuxiliary } from '../../../../src/core/session/auxiliary-request.ts'

const STREAM = { isStream: true, model: 'm' }

test.each([
  'Please generate a four to five word title for our conversation without any lead-in.',
  '### Task:\nSuggest 3-5 relevant follow-up questions or prompts.',
  'Summarise the discussion briefly in 200 words or less to use as a prompt for future context.',
  '使用四到五个字直接返回这句话的简要主题，不要解释',
  'Gib dem Gespräch einen kurzen Titel.',
  'Donne un titre court à cette conversation.',
])('[HIST7] what apps ask for themselves is told from what it asks for: %s', (newest) => {
  expect(mayBeAuxiliary(newest, STREAM, STREAM)).toBe(true)
})

test.each([
  'Write a title for my blog post about sourdough.',
  'What did I say above?',
  'Fix the bug in the history component.',
  '',
])('[HIST7] what people ask is not: %s', (newest) => {
  expect(mayBeAuxiliary(newest, STREAM, STREAM)).toBe(false)
})

test('[HIST7] asking otherwise than the turns do is doubtful, and without turns nothing is', () => {
  const short = { isStream: true, maxAnswerTokens: 20 }
  expect(mayBeAuxiliary('go on', short, STREAM)).toBe(true)
  expect(mayBeAuxiliary('go on', short, short)).toBe(false)
  expect(mayBeAuxiliary('go on', { isStream: false }, STREAM)).toBe(true)
  expect(mayBeAuxiliary('go on', STREAM, { isStream: false })).toBe(false)
  expect(mayBeAuxiliary('go on', short, undefined)).toBe(false)
})

test('[HIST7] of a long message its ends are read', () => {
  const long = 'word '.repeat(200_000)
  expect(mayBeAuxiliary(`${long} Generate a title for this chat.`, STREAM, STREAM)).toBe(true)
  expect(mayBeAuxiliary(`${long} a title for this chat ${long}`, STREAM, STREAM)).toBe(false)
})
