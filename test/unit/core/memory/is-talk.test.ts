import { expect, test } from 'vitest'
import { digestBlock } from '../../../../src/core/compaction/digest-block.ts'
import { isTalk } from '../../../../src/core/memory/is-talk.ts'
import type { Draft } from '../../../../src/core/session/message.ts'
import { assistant, buildLog, countCharacters, system, user } from '../../../support/build-log.ts'

const OPTIONS = { largePayloadTokens: 200, maxQuoteTokens: 2_000, count: countCharacters }

function said(name: string, text: string): Draft {
  return { ...user(text), name }
}

const MEETING = [
  said('Ann', 'Never touch the remote control, please.'),
  said('Ben', 'It must be yellow.'),
]

function rulesOf(...drafts: readonly Draft[]): readonly string[] {
  const { lines } = digestBlock(buildLog(drafts).messages, 'rules', OPTIONS)
  return lines.map(({ text }) => text)
}

test('[RULE6] people who talk among themselves instruct nobody, and are quoted', () => {
  expect(rulesOf(...MEETING)).toEqual([])
  const { lines } = digestBlock(buildLog(MEETING).messages, 'quotes', OPTIONS)
  expect(lines.map(({ text }) => text).join('\n')).toContain('Never touch the remote control')
})

test('[RULE6] once a model answers, or one person speaks alone, what is said are rules', () => {
  expect(rulesOf(...MEETING, assistant('Noted.'))).toHaveLength(2)
  expect(rulesOf(...MEETING.map((draft) => ({ ...draft, name: 'Ann' })))).toHaveLength(2)
  expect(rulesOf(...MEETING.map(({ name: _, ...draft }) => draft))).toHaveLength(2)
})

test('[RULE6] what the system says holds where people talk, too', () => {
  expect(rulesOf(system('Always answer in French.'), ...MEETING)).toEqual([
    '“Always answer in French.”',
  ])
  expect(isTalk([])).toBe(false)
})
