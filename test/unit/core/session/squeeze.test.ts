import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assembleContext } from '../../../../src/core/session/assemble.ts'
import { sumCategories } from '../../../../src/core/session/categories.ts'
import type { Context } from '../../../../src/core/session/context.ts'
import type { Draft } from '../../../../src/core/session/message.ts'
import { squeezeContext } from '../../../../src/core/session/squeeze.ts'
import { buildGeneration } from '../../../support/build-generation.ts'
import {
  assistant,
  buildLog,
  calls,
  countCharacters,
  result,
  user,
} from '../../../support/build-log.ts'

const HUGE = 20_000

function contextOf(drafts: readonly Draft[]): Context {
  const { messages } = buildLog(drafts)
  return assembleContext({
    head: buildGeneration({ seq: 1, chain: '' }),
    pins: messages.slice(0, 1),
    tail: messages.slice(1),
  })
}

function squeeze(context: Context, maxTokens: number): Context {
  return squeezeContext(context, maxTokens, countCharacters)
}

function kindsOf(context: Context): readonly string[] {
  return context.entries.map(({ kind }) => kind)
}

test('[SQZ1] the largest payloads become stubs until the context fits, the older first', () => {
  const context = contextOf([
    user('pinned'),
    calls('a', 'b'),
    result('a', 'a'.repeat(9_000)),
    result('b', 'b'.repeat(9_000)),
    user('c'.repeat(3_000)),
  ])
  const kinds = (maxTokens: number): readonly string[] =>
    kindsOf(squeeze(context, maxTokens)).slice(2)
  expect(kinds(22_000)).toEqual(['message', 'message', 'message', 'message'])
  expect(kinds(21_000)).toEqual(['message', 'stubbed', 'message', 'message'])
  expect(kinds(6_000)).toEqual(['message', 'stubbed', 'stubbed', 'message'])
  expect(kinds(3_000)).toEqual(['message', 'stubbed', 'stubbed', 'stubbed'])
})

test('[SQZ1] what the person asks for now goes last, though it is the largest', () => {
  const context = contextOf([
    user('pinned'),
    calls('a'),
    result('a', 'a'.repeat(600)),
    user('c'.repeat(1_200)),
  ])
  const { entries } = squeeze(context, context.tokens - 400)
  expect(entries.map(({ kind }) => kind).slice(2)).toEqual(['message', 'stubbed', 'message'])
})

test('[SQZ1] a part whose stub would count more stays as it is', () => {
  const context = contextOf([user('pinned'), user('a'.repeat(9_000)), assistant('b'), user('c')])
  const count = (text: string): number => (text.includes('recall') ? 10_000 : text.length)
  expect(squeezeContext(context, 1_000, count).entries).toEqual(context.entries)
})

test('[SQZ1] a pinned message too large to fit is squeezed as well, and the digest is not', () => {
  const context = contextOf([user('p'.repeat(HUGE)), user('q')])
  const squeezed = squeeze(context, 2_000)
  expect(kindsOf(squeezed)).toEqual(['pinned', 'digest', 'message'])
  expect(squeezed.entries[1]).toEqual(context.entries[1])
  expect(squeezed.tokens).toBeLessThanOrEqual(2_000)
  expect(squeezed.categories.pinned).toBe(squeezed.entries[0]?.tokens)
})

test('[SQZ1] a stub says where the whole is, and everything but the payload stays', () => {
  const output = `first line\n${'x'.repeat(HUGE)}\nlast line`
  const [, , , entry] = squeeze(
    contextOf([user('p'), calls('a'), result('a', output)]),
    2_000,
  ).entries
  if (entry?.kind !== 'stubbed') throw new Error('nothing was squeezed')
  expect(entry.message).toMatchObject({ seq: 3, id: 'm3', role: 'tool' })
  const [part] = entry.message.parts
  if (part?.type !== 'tool-result') throw new Error('the result is gone')
  expect(part.callId).toBe('a')
  expect(part.output).toContain('recall message 3')
  expect(part.output).toContain('first line')
  expect(part.output).toContain('last line')
})

test('[SQZ1] the same context is squeezed the same way, fits, and counts what it holds', () => {
  const draft = fc.oneof(
    fc.nat(HUGE).map((size) => user('u'.repeat(size))),
    fc.nat(HUGE).map((size) => assistant('a'.repeat(size))),
    fc.nat(HUGE).map((size) => result('r', 'r'.repeat(size))),
  )
  fc.assert(
    fc.property(
      fc.array(draft, { minLength: 1, maxLength: 12 }),
      fc.nat(30_000),
      (drafts, more) => {
        const context = contextOf(drafts)
        // The digest, and of each message its frame and a pointer of some 20 characters.
        const maxTokens = 50 + drafts.length * 30 + more
        const squeezed = squeeze(context, maxTokens)
        expect(squeeze(context, maxTokens)).toEqual(squeezed)
        expect(squeezed.tokens).toBeLessThanOrEqual(maxTokens)
        expect(squeezed.tokens).toBe(sumCategories(squeezed.categories))
        expect(squeezed.tokens).toBe(squeezed.entries.reduce((sum, { tokens }) => sum + tokens, 0))
        expect(squeezed.entries).toHaveLength(context.entries.length)
        squeezed.entries.forEach((entry, index) => {
          if (entry.kind === 'message') expect(entry).toBe(context.entries[index])
        })
      },
    ),
  )
})
