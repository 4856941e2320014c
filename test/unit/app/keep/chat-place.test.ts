import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readChatPlace } from '../../../../src/app/keep/chat-place.ts'

const read = (value: unknown): ReturnType<typeof readChatPlace> =>
  readChatPlace({ chat: JSON.stringify(value) })

test('[KEEP32] a chat that lives elsewhere is led to at its own origin only', () => {
  const origin = 'https://chatgpt.com'
  expect(read({ site: 'chatgpt', origin, conversation: 'c', url: `${origin}/c/1` })).toEqual({
    origin,
    name: 'chatgpt.com',
    url: `${origin}/c/1`,
  })
  expect(read({ origin, url: 'https://evil.example/' })).toMatchObject({ origin, url: null })
  expect(read({ origin, url: 'javascript:alert(1)' })).toMatchObject({ url: null })
  for (const none of [null, 1, {}, { origin: 'javascript:0' }, { origin: 5 }, 'x', []]) {
    expect(read(none), JSON.stringify(none)).toBeUndefined()
  }
  expect(readChatPlace({})).toBeUndefined()
  expect(readChatPlace({ chat: '{' })).toBeUndefined()
  fc.assert(
    fc.property(fc.json(), (chat) => {
      const place = readChatPlace({ chat })
      if (place?.url != null) expect(new URL(place.url).origin).toBe(place.origin)
    }),
  )
})
