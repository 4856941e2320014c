import { expect, test } from 'vitest'
import type { Session } from '../../../src/client/session.ts'
import { sumCategories } from '../../../src/core/session/categories.ts'
import type { PolicyOptions } from '../../../src/core/session/policy.ts'
import type { ContextResult } from '../../../src/protocol/requests.ts'
import {
  BY_HAND,
  createOrigin,
  openTab,
  rowOf,
  settle,
  type Tab,
} from '../../support/build-engine.ts'
import { assistant, result, toolCall, turns, user } from '../../support/build-log.ts'

const OUTPUT = 'a line of output\n'.repeat(60)
// Nothing in it stands out, so the digest does not quote it.
const SECRET = 'the staging gate opens with quillfeather at noon.'

async function foldedSession(
  options: PolicyOptions = { autoRecall: { tokens: 300 } },
  given?: Tab,
): Promise<{ tab: Tab; session: Session; origin: ReturnType<typeof createOrigin> }> {
  const origin = createOrigin()
  const tab = given ?? openTab({ origin })
  const session = await tab.backfold.session('s', { ...BY_HAND, ...options })
  await session.append(result('gate', SECRET), ...turns(6, OUTPUT))
  await session.compact()
  await session.apply()
  return { tab, session, origin }
}

const ASK = user('And who was Quillfeather?')

function recalledIn({ entries }: ContextResult): string | undefined {
  const found = entries.find(({ kind }) => kind === 'recalled')
  const part = found?.kind === 'recalled' ? found.message.parts[0] : undefined
  return part?.type === 'text' ? part.text : undefined
}

test('[AUTO3] what the user refers to stands behind the message, in a legal request', async () => {
  const { session } = await foldedSession()
  await session.append(ASK)
  const context = await session.context()
  expect(context.entries.at(-1)?.kind).toBe('recalled')
  expect(recalledIn(context)).toContain(`#1 tool:\n> ${SECRET}`)
  expect(context.tokens).toBe(context.entries.reduce((sum, { tokens }) => sum + tokens, 0))
  expect(context.messages.slice(-2)).toEqual([
    { role: 'user', content: 'And who was Quillfeather?' },
    { role: 'user', content: recalledIn(context) },
  ])
  const { messages } = await session.context({ format: 'anthropic' })
  expect(messages.at(-1)).toEqual({
    role: 'user',
    content: [
      { type: 'text', text: 'And who was Quillfeather?' },
      { type: 'text', text: recalledIn(context) },
    ],
  })
})

test('[AUTO3] it stays for the turn, to the byte, and is gone with the next', async () => {
  const { session, origin } = await foldedSession()
  const without = await session.context({ adopt: false })
  await session.append(ASK)
  const first = await session.context()
  expect(first.messages.slice(0, without.messages.length)).toEqual(without.messages)
  await session.append({ role: 'assistant', parts: [toolCall('c')] })
  await session.append(result('c', 'something with Zubkov'))
  const second = await session.context()
  expect(second.messages.slice(0, first.messages.length)).toEqual(first.messages)
  expect(second.messages).toHaveLength(first.messages.length + 2)
  // A worker that was started since knows it, too.
  const other = await openTab({ origin }).backfold.session('s')
  expect((await other.context({ adopt: false })).messages).toEqual(second.messages)
  await session.append(assistant('It is a password.'), user('Thanks!'))
  const next = await session.context()
  expect(recalledIn(next)).toBeUndefined()
  // The log alone, and all before the former passages as it was.
  expect(next.messages.slice(0, without.messages.length + 1)).toEqual(
    first.messages.slice(0, without.messages.length + 1),
  )
  expect(next.messages).toHaveLength(second.messages.length - 1 + 2)
})

test('[AUTO3] a context that is only looked at recalls nothing anew', async () => {
  const { tab, session } = await foldedSession()
  await session.append(ASK)
  const before = await rowOf(tab, 's')
  expect(recalledIn(await session.context({ adopt: false }))).toBeUndefined()
  expect(await rowOf(tab, 's')).toEqual(before)
  await session.context()
  expect(recalledIn(await session.context({ adopt: false }))).toContain(SECRET)
})

test('[AUTO2] a message that refers to nothing, or to what stands there, recalls nothing', async () => {
  const { session } = await foldedSession()
  for (const text of ['Go on.', 'Please do the next one.', 'What does part 6 say?']) {
    await session.append(user(text))
    expect(recalledIn(await session.context()), text).toBeUndefined()
    await session.append(assistant('Done.'))
  }
  await session.pin(1)
  await session.append(ASK)
  expect(recalledIn(await session.context())).toBeUndefined()
})

test('[AUTO4] it keeps within its tokens, and stays out where the context would not fit', async () => {
  const small = await foldedSession({ autoRecall: { tokens: 40 } })
  await small.session.append(ASK)
  expect(recalledIn(await small.session.context())).toBeUndefined()
  const { session } = await foldedSession()
  await session.append(ASK)
  const entry = (await session.context()).entries.at(-1)
  expect(entry?.tokens).toBeLessThanOrEqual(300)
  // Room for the log, and not for what was recalled.
  const { tokens } = await session.context()
  const room = 1_900 - (tokens - (entry?.tokens ?? 0)) - 20
  await session.append({ role: 'assistant', parts: [toolCall('c')] })
  await session.append(result('c', 'x'.repeat(room * 4)))
  const full = await session.context()
  expect(full.squeezed).toBe(false)
  expect(recalledIn(full)).toBeUndefined()
  expect(full.tokens).toBeLessThan(1_900)
})

test('[AUTO5] it is off by default, and never in log, counters or digest', async () => {
  const off = await foldedSession({})
  await off.session.append(ASK)
  expect(recalledIn(await off.session.context())).toBeUndefined()
  const { tab, session } = await foldedSession()
  await session.append(ASK)
  const { tokens: withIt, categories } = await session.context()
  const { tokens } = await rowOf(tab, 's')
  expect(withIt).toBeGreaterThan(sumCategories(tokens.context))
  expect(categories.user).toBeGreaterThan(tokens.context.user)
  const log = await session.recall({ from: 1, to: 99 })
  expect(log.kind === 'messages' && log.messages).toHaveLength(26)
  await session.append(assistant('Fine.'), ...turns(4, OUTPUT))
  await session.compact()
  await session.apply()
  expect((await session.generation(2)).text).not.toContain('Recalled from earlier')
})

test('[AUTO5] a search that fails or hangs keeps no turn from starting', async () => {
  let searching: 'works' | 'fails' | 'hangs' = 'works'
  const tab = openTab({
    store: (real) => ({
      ...real,
      async read(query) {
        // Only a search reads slices of the log.
        if (query.range && searching === 'fails') throw new Error('no disk')
        if (query.range && searching === 'hangs') return new Promise(() => {})
        return real.read(query)
      },
    }),
  })
  const { session } = await foldedSession({ autoRecall: { tokens: 300 } }, tab)
  await session.append(ASK)
  searching = 'fails'
  expect(recalledIn(await session.context())).toBeUndefined()
  searching = 'works'
  expect(recalledIn(await session.context())).toContain(SECRET)
  await session.append(assistant('At noon.'), user('So where is Quillfeather now?'))
  searching = 'hangs'
  const waiting = session.context()
  await settle()
  tab.clock.pass(300)
  expect(recalledIn(await waiting)).toBeUndefined()
})

test('[AUTO3] in the middle of a turn nothing is recalled anew', async () => {
  const { session } = await foldedSession({ autoRecall: { tokens: 0 } })
  await session.append(ASK)
  const first = await session.context()
  await session.configure({ autoRecall: { tokens: 300 } })
  await session.append({ role: 'assistant', parts: [toolCall('c')] }, result('c', 'fine'))
  const second = await session.context()
  expect(recalledIn(second)).toBeUndefined()
  expect(second.messages.slice(0, first.messages.length)).toEqual(first.messages)
})

test('[POL1, AUTO4] its tokens have bounds', async () => {
  const { session } = await foldedSession()
  for (const tokens of [-1, 40_000, Number.NaN]) {
    await expect(session.configure({ autoRecall: { tokens } })).rejects.toMatchObject({
      message: `autoRecall.tokens must be a number from 0 to 32000, got ${tokens}`,
    })
  }
})
