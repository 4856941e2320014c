import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appendToLog, stampDraft } from '../../../../src/core/session/append.ts'
import { addCategories, categoryOf, NO_TOKENS } from '../../../../src/core/session/categories.ts'
import { contentHash, hashText } from '../../../../src/core/session/chain.ts'
import type { Draft, Message, Part } from '../../../../src/core/session/message.ts'
import { arbitraryDrafts } from '../../../support/build-arbitrary-log.ts'
import {
  assistant,
  buildLog,
  buildSession,
  countCharacters,
  result,
  system,
  turns,
  user,
} from '../../../support/build-log.ts'

const groups = fc.array(arbitraryDrafts, { maxLength: 4 })

test('[LOG1] messages get the next positions, dense and in the order given', () => {
  fc.assert(
    fc.property(groups, (appends) => {
      let session = buildSession()
      const messages: Message[] = []
      for (const drafts of appends) {
        const appended = buildLog(drafts, session)
        session = appended.session
        messages.push(...appended.messages)
      }
      expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1))
      expect(messages.map(({ parts }) => parts)).toEqual(appends.flat().map(({ parts }) => parts))
      expect(session.nextSeq).toBe(messages.length + 1)
    }),
  )
})

test('[LOG1] a position is not given again when messages left the active path', () => {
  const { session } = buildLog(turns(1))
  const { messages } = buildLog([user('again')], { ...session, messages: 0 })
  expect(messages[0]?.seq).toBe(5)
})

test('[LOG2] the hash depends on role and parts alone', () => {
  const draft = user('hello')
  const hashOf = (change: Partial<Draft>): string => {
    const stamp = { id: 'x', at: 1, count: countCharacters }
    return stampDraft({ ...draft, ...change }, stamp).hash
  }
  const plain = hashOf({})
  expect(hashOf({ id: 'other', at: 99, name: 'ann' })).toBe(plain)
  expect(hashOf({ wire: { format: 'openai', value: { x: 1 } } })).toBe(plain)
  expect(hashOf({ role: 'system' })).not.toBe(plain)
  expect(hashOf({ parts: [...draft.parts, ...draft.parts] })).not.toBe(plain)
})

test('[LOG2] the order of keys does not count, every value does', () => {
  const parts: readonly Part[] = [
    { type: 'text', text: 'a' },
    { type: 'reasoning', text: 'a' },
    { type: 'tool-call', callId: 'a', name: 'b', input: 'c' },
    { type: 'tool-result', callId: 'a', output: 'c', isError: true },
    { type: 'approval-request', approvalId: 'a', callId: 'b' },
    { type: 'approval-response', approvalId: 'a', approved: true },
    { type: 'image', url: 'a', mediaType: 'b' },
    { type: 'file', url: 'a', mediaType: 'b', name: 'c' },
  ]
  const seen = new Set<string>()
  for (const part of parts) {
    const hash = contentHash({ role: 'user', parts: [part] })
    const reversed = Object.fromEntries(Object.entries(part).toReversed()) as unknown as Part
    expect(contentHash({ role: 'user', parts: [reversed] })).toBe(hash)
    seen.add(hash)
    for (const [key, value] of Object.entries(part)) {
      if (key === 'type') continue
      const other = typeof value === 'boolean' ? !value : `${value}!`
      seen.add(contentHash({ role: 'user', parts: [{ ...part, [key]: other }] }))
    }
  }
  const fields = parts.reduce((sum, part) => sum + Object.keys(part).length, 0)
  expect(seen.size).toBe(fields)
})

test('[LOG3] the chain hash changes with anything in any message before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string(), { minLength: 1, maxLength: 12 }),
      fc.nat(),
      fc.string({ minLength: 1 }),
      (texts, at, added) => {
        const changed = at % texts.length
        const before = buildLog(texts.map(user))
        const after = buildLog(
          texts.map((text, index) => user(index === changed ? text + added : text)),
        )
        before.messages.forEach(({ chain }, index) => {
          const other = after.messages[index]?.chain
          if (index < changed) expect(other).toBe(chain)
          else expect(other).not.toBe(chain)
        })
        expect(after.session.chain).toBe(after.messages.at(-1)?.chain)
      },
    ),
  )
})

test('[LOG3] the chain continues over appends, and knows the order', () => {
  const whole = buildLog([user('a'), user('b')]).session.chain
  expect(buildLog([user('b')], buildLog([user('a')]).session).session.chain).toBe(whole)
  expect(buildLog([user('b'), user('a')]).session.chain).not.toBe(whole)
})

test('[LOG4] the counters are the sums over the log', () => {
  fc.assert(
    fc.property(groups, (appends) => {
      let session = buildSession()
      const messages: Message[] = []
      for (const drafts of appends) {
        const appended = buildLog(drafts, session)
        session = appended.session
        messages.push(...appended.messages)
      }
      const sums = messages.reduce(
        (sum, message) => addCategories(sum, categoryOf(message), message.tokens),
        NO_TOKENS,
      )
      expect(session.messages).toBe(messages.length)
      expect(session.tokens.context).toEqual(sums)
      let through = 0
      for (const message of messages) {
        through += message.tokens
        expect(message.through).toBe(through)
      }
      expect(session.tokens.log).toBe(through)
    }),
  )
})

test('[LOG4] a message costs its texts and its frame, by who it is from', () => {
  const drafts = [user('12345'), system('123'), assistant('1234567'), result('c', '1')]
  const { session, messages } = buildLog(drafts)
  expect(messages.map(({ tokens }) => tokens)).toEqual([9, 7, 11, 5])
  expect(session.tokens).toEqual({
    log: 32,
    context: { pinned: 0, digest: 0, user: 16, assistant: 11, tools: 5 },
  })
  // A picture's bytes are not read as text.
  const picture: Part = { type: 'image', url: 'data:image/png;base64,AAAAAAAAAAAAAAAAAAAA' }
  expect(buildLog([{ role: 'user', parts: [picture] }]).messages[0]?.tokens).toBe(11)
})

test('[LOG4, PROB1] turns are counted where a person speaks, and not where tools answer', () => {
  const results: Draft = { role: 'user', parts: result('a').parts }
  const mixed: Draft = { role: 'user', parts: [...results.parts, ...user('go on').parts] }
  const drafts = [system('Be brief.'), user('hello'), assistant('yes'), result('a'), results, mixed]
  const { session } = buildLog(drafts)
  expect(session.turns).toBe(2)
  expect(buildLog([user('more'), user('and more')], session).session.turns).toBe(4)
  fc.assert(
    fc.property(groups, (appends) => {
      const last = appends.reduce((row, each) => buildLog(each, row).session, buildSession())
      const spoken = appends
        .flat()
        .filter(({ role, parts }) => role === 'user' && parts.some((p) => p.type !== 'tool-result'))
      expect(last.turns).toBe(spoken.length)
    }),
  )
})

test('[LOG5] appending changes the end of the log and nothing else', () => {
  const session = {
    ...buildSession(),
    head: 3,
    mark: 7,
    headVersion: 4,
    lastGeneration: 5,
    branch: 1,
    epoch: 6,
    lastJob: 8,
    openJob: 8,
    candidate: 5,
    holdUntil: 9,
    pins: [2],
    tokens: { log: 50, context: { pinned: 1, digest: 2, user: 3, assistant: 4, tools: 5 } },
  }
  const { session: after } = buildLog(turns(3), session)
  const { nextSeq, chain, tokens, messages, turns: started, revision, updatedAt } = after
  expect(after).toEqual({
    ...session,
    nextSeq,
    chain,
    tokens,
    messages,
    turns: started,
    revision,
    updatedAt,
  })
  expect(started).toBe(3)
  expect({ nextSeq, messages }).toEqual({ nextSeq: 13, messages: 12 })
  expect(chain).not.toBe('')
  expect(tokens.context).toMatchObject({ pinned: 1, digest: 2 })
  expect(appendToLog(session, []).messages).toEqual([])
})

test('[LOG3, REC3] texts that differ in lone surrogates only hash differently', () => {
  const texts = ['\uD800', '\uDBFF', '\uFFFD', 'a\uDC00', 'a\uFFFD', '"\\ud800"']
  expect(new Set(texts.map(hashText)).size).toBe(texts.length)
})
