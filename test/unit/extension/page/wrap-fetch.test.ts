import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Link } from '../../../../extension/page/link.ts'
import { wrapFetch } from '../../../../extension/page/wrap-fetch.ts'

const BODY = '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}'
const URL_OF = 'https://chat.example/v1/chat/completions'

beforeEach(() => {
  vi.stubGlobal('document', { baseURI: 'https://chat.example/' })
})

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A page whose plans never come. */
function wrapped() {
  const answer = Promise.resolve(new Response('{}'))
  const native = vi.fn<typeof fetch>(() => answer)
  vi.stubGlobal('fetch', native)
  let planned = 0
  const link: Link = {
    may: () => true,
    plan() {
      planned += 1
      return new Promise(() => {})
    },
    rescue: () => new Promise(() => {}),
    answer() {},
    observed() {},
  }
  wrapFetch(link)
  return { native, answer, planned: () => planned }
}

test('[WRAP13] what is to outlive its page goes out at once, and its promise is the native one', async () => {
  const { native, answer, planned } = wrapped()
  const init = { method: 'POST', body: BODY, keepalive: true }
  expect(fetch(URL_OF, init)).toBe(answer)
  expect(fetch(new Request(URL_OF, init))).toBe(answer)
  expect([native.mock.calls.length, planned()]).toEqual([2, 0])
  expect(native.mock.calls[0]).toEqual([URL_OF, init])
  void fetch(URL_OF, { ...init, keepalive: false })
  await vi.waitFor(() => expect(planned()).toBe(1))
  expect(native.mock.calls).toHaveLength(2)
})
