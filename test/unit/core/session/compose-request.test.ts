import { expect, test } from 'vitest'
import { toOpenAi } from '../../../../src/adapters/openai/openai.ts'
import { toDrafts } from '../../../../src/adapters/message-input.ts'
import { composeRequest, type SentMessage } from '../../../../src/core/session/compose-request.ts'
import { contextOf } from '../../adapters/context-of.ts'

const SYSTEM = { role: 'system', content: 'Be kind.' }
const user = (content: string) => ({ role: 'user', content })
const assistant = (content: string) => ({ role: 'assistant', content })

const LOG = [user('a'), assistant('b'), user('c'), assistant('d'), user('e')]

/** The log folded up to a position, and a request with the positions of its messages. */
function compose(
  fold: number | undefined,
  request: readonly (readonly [object, number?])[],
  options: { dropped?: readonly number[]; upTo?: number; stub?: number } = {},
) {
  const context = contextOf(toDrafts(LOG), {
    digestAt: fold,
    treat: (i) => (i < (fold ?? 0) ? 'left-out' : i + 1 === options.stub ? 'stubbed' : 'message'),
  })
  const sent = toDrafts(request.map(([value]) => value) as never, 'openai').map(
    (draft, i): SentMessage => {
      const seq = request[i]?.[1]
      return { draft, tokens: 1, ...(seq === undefined ? {} : { seq }) }
    },
  )
  const composed = composeRequest(context, sent, options.dropped ?? [], options.upTo ?? 5)
  return composed && { ...composed, messages: toOpenAi(composed.context) }
}

const DIGEST = { role: 'system', content: 'what happened so far' }

test('[HIST8] what was folded is replaced by the digest, and the rest is the host’s own to the letter', () => {
  const odd = { ...user('c'), x_unknown: [1, { y: null }] }
  const composed = compose(2, [
    [SYSTEM],
    [user('a'), 1],
    [assistant('b'), 2],
    [odd, 3],
    [assistant('d'), 4],
    [user('e'), 5],
  ])
  expect(composed?.messages).toEqual([SYSTEM, DIGEST, odd, assistant('d'), user('e')])
  expect(composed).toMatchObject({ folded: 2, restored: 0, isUnchanged: false })
})

test('[HIST8] where nothing was folded, nothing is changed', () => {
  const request = LOG.map((value, i) => [value, i + 1] as const)
  expect(compose(undefined, [[SYSTEM], ...request])).toMatchObject({
    isUnchanged: true,
    messages: [SYSTEM, ...LOG],
  })
})

test('[HIST8] a payload that was moved out is a stub in the host’s own message', () => {
  const own = { ...user('c'), x_mark: true }
  const request = [
    [user('a'), 1],
    [assistant('b'), 2],
    [own, 3],
    [assistant('d'), 4],
  ] as const
  const composed = compose(undefined, request, { stub: 3, upTo: 4 })
  expect(composed?.messages.at(-2)).toEqual({ ...own, content: '[stub of 1 characters]' })
  expect(composed?.isUnchanged).toBe(false)
})

test('[HIST9] system messages are the host’s alone; those among folded messages move to the head', () => {
  const moved = { role: 'system', content: 'The time is 12:01.' }
  const late = { role: 'system', content: 'late' }
  const composed = compose(2, [
    [user('a'), 1],
    [moved],
    [assistant('b'), 2],
    [user('c'), 3],
    [assistant('d'), 4],
    [late],
    [user('e'), 5],
  ])
  expect(composed?.messages).toEqual([moved, DIGEST, user('c'), assistant('d'), late, user('e')])
})

test('[HIST10] what the host dropped is shown again, or the digest stands for it', () => {
  const composed = compose(2, [[SYSTEM], [assistant('d'), 4], [user('e'), 5]], {
    dropped: [1, 2, 3],
  })
  expect(composed?.messages).toEqual([SYSTEM, DIGEST, user('c'), assistant('d'), user('e')])
  expect(composed).toMatchObject({ folded: 0, restored: 3 })
})

test('[HIST10] what the log holds above the history is not sent', () => {
  const composed = compose(
    2,
    [
      [user('a'), 1],
      [assistant('b'), 2],
      [user('c'), 3],
    ],
    { upTo: 3 },
  )
  expect(composed?.messages).toEqual([DIGEST, user('c')])
})

test('[HIST10] new messages that are in no log come at their place', () => {
  const composed = compose(
    2,
    [[user('a'), 1], [assistant('b'), 2], [user('c'), 3], [user('new')]],
    {
      upTo: 3,
    },
  )
  expect(composed?.messages).toEqual([DIGEST, user('c'), user('new')])
})

test('[HIST11] a digest that covers what the host has taken back is not sent', () => {
  expect(compose(4, [[user('a'), 1], [user('other')]], { upTo: 1 })).toBeUndefined()
})

test('[HIST8] what is asked now is never a stub', () => {
  const request = [
    [user('a'), 1],
    [assistant('b'), 2],
    [user('c'), 3],
  ] as const
  const composed = compose(undefined, request, { stub: 3, upTo: 3 })
  expect(composed).toMatchObject({ isUnchanged: true, messages: LOG.slice(0, 3) })
})
