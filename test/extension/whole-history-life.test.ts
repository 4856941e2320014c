import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerTo } from '../support/chat-pages/chat-page-server.ts'
import { isFolded, openChatBench, sizeOf, type ChatBench, type ChatPage } from './chat-page.ts'
import type { LineScope } from './line-page.ts'
import { until } from './open-extension.ts'

/** Allows nothing but the page's own scripts, as careful servers do. */
const STRICT = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; frame-src 'none'",
}

let bench: ChatBench
beforeAll(async () => {
  bench = await openChatBench({ windows: {} }, STRICT)
})
afterAll(() => bench.close())

const question = (name: string, i: number): string =>
  `${name} ${i}: what about berth ${i}, and why was pier ${i * 7} chosen there?`

async function talk(chat: ChatPage, name: string, from: number, to: number): Promise<void> {
  for (let i = from; i <= to; i += 1) {
    const asked = question(name, i)
    expect(await chat.say(asked)).toBe(answerTo(asked))
  }
}

/** Goes on until a request is sent folded: plans that come too late are not waited for. */
async function untilFolded(chat: ChatPage, name: string, from: number): Promise<number> {
  for (let i = from; i < from + 30; i += 1) {
    await talk(chat, name, i, i)
    if (await isFolded(bench, chat)) return i
  }
  throw new Error('nothing was folded')
}

const tokensOf = (): Promise<readonly (number | undefined)[]> =>
  bench.line.evaluate(async () => {
    const { line } = globalThis as unknown as LineScope
    return (await line.rpc.ask('tabs', null)).map(({ gauge }) => gauge?.window)
  })

test('[WHOLE6] the window is what the server says it is', async () => {
  bench.server.behave({ tells: true, window: 4_096 })
  const chat = await bench.open()
  await talk(chat, 'told', 1, 2)
  await until(async () => (await tokensOf()).includes(4_096))
  await untilFolded(chat, 'told', 3)
  const folded = bench.server.arrived.at(-1)
  expect(folded && sizeOf(folded) / 4).toBeLessThan(4_096)
  bench.server.behave({ tells: false, window: 1_000_000 })
  await chat.page.close()
})

test('[WHOLE7] a request that is refused as too long is folded harder and sent once more, and the page has its answer', async () => {
  // Whose window nobody knows yet.
  const fresh = await openChatBench({ windows: {} })
  const chat = await fresh.open()
  await talk(chat, 'rescued', 1, 12)
  fresh.server.behave({ window: 2_500 })
  const from = fresh.server.arrived.length
  await talk(chat, 'rescued', 13, 13)
  const sizes = fresh.server.arrived.slice(from).map(sizeOf)
  expect(sizes).toHaveLength(2)
  expect(sizes[1]).toBeLessThan(2_500 * 4)
  await fresh.close()
})

test('[WHOLE8] contexts that are ended in the middle of a talk lose nothing of it, and change nothing for its page', async () => {
  bench.server.behave({ tells: true, window: 4_096 })
  const chat = await bench.open()
  let turns = await untilFolded(chat, 'ended', 1)
  // What goes out as it was, while there is no host, is not to be refused.
  bench.server.behave({ tells: false, window: 1_000_000 })
  for (const end of [
    bench.host.killServiceWorker,
    bench.host.closeOffscreen,
    bench.host.crashOffscreen,
  ]) {
    await end()
    await talk(chat, 'ended', turns + 1, turns + 1)
    turns = await untilFolded(chat, 'ended', turns + 2)
  }
  await chat.page.reload()
  await expect
    .poll(() => questionsIn('ended'))
    .toEqual([Array.from({ length: turns }, (_, i) => question('ended', i + 1))])
  await chat.page.close()
})

test('[WHOLE9] two tabs with one chat have one session, whichever of them goes on and however', async () => {
  const [one, other] = [await bench.open(), await bench.open()]
  await Promise.all([talk(one, 'twice', 1, 3), talk(other, 'twice', 1, 3)])
  await talk(one, 'twice', 4, 5)
  await talk(other, 'twice', 6, 7)
  const expected = [1, 2, 3, 4, 5, 6, 7].map((i) => question('twice', i))
  const asked = async (): Promise<readonly (readonly string[])[]> =>
    (await questionsIn('twice')).map((all) => [...new Set(all)].toSorted())
  await expect.poll(asked).toEqual([expected])
  await one.page.close()
  await other.page.close()
})

test('[WHOLE10] a site that is switched off is left as it is from then on, also in tabs that are open', async () => {
  bench.server.behave({ tells: true, window: 4_096 })
  const chat = await bench.open()
  const turns = await untilFolded(chat, 'left', 1)
  bench.server.behave({ tells: false, window: 1_000_000 })
  await bench.host.disable(bench.server.origin)
  await until(async () => {
    await chat.regenerate()
    const last = bench.server.arrived.at(-1)
    const held = (await chat.messages()).slice(0, -1)
    // The system's message, and all that the page has but the answer.
    return last?.said.length === held.length + 1
  })
  const from = bench.server.arrived.length
  await talk(chat, 'left', turns + 1, turns + 2)
  const sent = bench.server.arrived.slice(from)
  const messages = await chat.messages()
  expect(sent.map(({ said }) => said.length)).toEqual([messages.length - 2, messages.length])
  await bench.host.enable(bench.server.origin)
  await chat.page.close()
})

test('[WHOLE13] a page that is left while an answer comes loses nothing of what was said before', async () => {
  const chat = await bench.open()
  await talk(chat, 'gone', 1, 3)
  bench.server.behave({ isStepped: true })
  const before = await chat.pieces()
  const saying = chat.say(question('gone', 4)).catch(() => '')
  await until(async () => (await chat.pieces()) > before)
  bench.server.step()
  await until(async () => (await chat.pieces()) > before + 1)
  await chat.page.goto('about:blank')
  await saying
  bench.server.behave({ isStepped: false })
  const expected = [1, 2, 3, 4].map((i) => question('gone', i))
  await expect.poll(() => questionsIn('gone')).toEqual([expected])
  await chat.page.close()
})

test('[WHOLE11] a page outlives the extension that was in it', async () => {
  bench.server.behave({ tells: true, window: 4_096 })
  const chat = await bench.open()
  const turns = await untilFolded(chat, 'orphan', 1)
  bench.server.behave({ tells: false, window: 1_000_000 })
  const worker = await bench.host.serviceWorker()
  await worker.evaluate(() => chrome.runtime.reload()).catch(() => {})
  await talk(chat, 'orphan', turns + 1, turns + 3)
  const sent = bench.server.arrived.at(-1)
  expect(sent?.said.length).toBe((await chat.messages()).length)
  await chat.page.close()
})

/** What people asked in the sessions that hold a text. */
async function questionsIn(text: string): Promise<readonly (readonly string[])[]> {
  return bench.line.evaluate(async (wanted) => {
    const { backfold } = (globalThis as unknown as LineScope).line
    const found: string[][] = []
    for (const { id, messages } of await backfold.sessions()) {
      if (messages === 0) continue
      const session = await backfold.session(id)
      const recalled = await session.recall({ from: 1, to: session.state.get().newest })
      if (recalled.kind !== 'messages') continue
      const asked = recalled.messages
        .filter(({ role }) => role === 'user')
        .map(({ parts }) => parts.map((part) => ('text' in part ? part.text : '')).join(''))
      if (asked.some((one) => one.startsWith(wanted))) found.push(asked)
    }
    return found
  }, text)
}
