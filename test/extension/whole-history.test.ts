import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerTo } from '../support/chat-pages/chat-page-server.ts'
import { isFolded, openChatBench, type ChatBench } from './chat-page.ts'
import type { LineScope } from './line-page.ts'
import { until } from './open-extension.ts'

/** Turns after which a talk is longer than the window of the bench. */
const LONG = 14

let bench: ChatBench
beforeAll(async () => {
  bench = await openChatBench()
})
afterAll(() => bench.close())

const question = (i: number): string =>
  `Question ${i}: what about berth ${i}, and why was pier ${i * 7} chosen there?`

describe.each([
  ['openai', 'fetch'],
  ['openai', 'xhr'],
  ['anthropic', 'request'],
  ['gemini', 'bytes'],
  ['ollama', 'blob'],
  ['plain', 'fetch'],
])('%s by %s', (api, via) => {
  test('[WHOLE1] a long talk is sent folded, and its page keeps all of it', async () => {
    const chat = await bench.open(`api=${api}&via=${via}`)
    const from = bench.server.arrived.length
    for (let i = 1; i <= LONG; i += 1) {
      // Each page asks something else, or they would be one talk.
      const asked = `${api} ${via}: ${question(i)}`
      expect(await chat.say(asked)).toBe(answerTo(asked))
    }
    const sent = bench.server.arrived.slice(from)
    expect(sent).toHaveLength(LONG)
    expect(await chat.messages()).toHaveLength(2 * LONG)
    // A plan that comes too late on a busy machine is not waited for, so another request may show it.
    const isShort = (): Promise<boolean> => isFolded(bench, chat)
    let turns = LONG
    const final = (): string => `${api} ${via}: ${question(turns)}`
    while (!(await isShort()) && turns < 2 * LONG) {
      turns += 1
      await chat.say(final())
    }
    expect(await isShort()).toBe(true)
    const last = bench.server.arrived.at(-1)
    // What was just asked is there to the letter, and what the page says of itself.
    expect(last?.said.at(-1)?.text).toContain(final())
    if (api !== 'plain') expect(last?.said[0]?.text).toContain('harbour master')
    await chat.page.close()
  })
})

describe.each([
  ['a clock in the system message and a sliding window', 'traps=clock&window=4', 'north'],
  ['a system message that moves', 'traps=moves', 'east'],
  ['titles that are asked for with the whole history', 'traps=title', 'south'],
  ['no model', 'traps=no-model', 'west'],
])('%s', (_, query, name) => {
  test('[WHOLE2] one talk is one session, whose log has every message once', async () => {
    const chat = await bench.open(query)
    for (let i = 1; i <= 6; i += 1) await chat.say(`${name}: ${question(i)}`)
    const asked = async (): Promise<readonly (readonly string[])[]> =>
      (await readLogs(bench.line, name)).map((log) =>
        log.filter(({ role }) => role === 'user').map(({ text }) => text),
      )
    const expected = [1, 2, 3, 4, 5, 6].map((i) => `${name}: ${question(i)}`)
    await expect.poll(asked).toEqual([expected])
    await chat.page.close()
  })
})

test('[WHOLE3] answers come piece by piece also behind a fold, and can be stopped', async () => {
  const chat = await bench.open()
  for (let i = 1; i <= LONG; i += 1) await chat.say(`streams: ${question(i)}`)
  bench.server.behave({ isStepped: true })
  const before = await chat.pieces()
  const answer = chat.say('streams: the last one?').then(
    () => 'whole',
    (failure: unknown) => String(failure),
  )
  for (const come of [1, 2, 3]) {
    // The server writes the next one only once the page has this one.
    await until(async () => (await chat.pieces()) >= before + come)
    bench.server.step()
  }
  await chat.stop()
  expect(await answer).toContain('AbortError')
  const isIt = ({ text }: { readonly text: string }): boolean => text.includes('the last one?')
  await until(async () => bench.server.left.some(({ said }) => said.some(isIt)))
  bench.server.behave({ isStepped: false })
  expect(await chat.say('streams: and again?')).toBe(answerTo('streams: and again?'))
  await chat.page.close()
})

test('[WHOLE4] what is edited or asked for again goes on from there, and is no part of what is sent', async () => {
  const chat = await bench.open()
  for (let i = 1; i <= LONG; i += 1) await chat.say(`edits: ${question(i)}`)
  await chat.regenerate()
  const kept = (await chat.messages()).length
  await chat.edit(kept - 4, 'edits: something else altogether?')
  const last = bench.server.arrived.at(-1)
  const texts = last?.said.map(({ text }) => text) ?? []
  expect(texts.at(-1)).toContain('edits: something else altogether?')
  expect(texts.join('\n')).not.toContain(`edits: ${question(LONG)}`)
  await chat.page.close()
})

test('[WHOLE5] between two folds a request begins as the one before it', async () => {
  const wide = await openChatBench({ windows: { '': 12_000 } })
  const chat = await wide.open()
  for (let i = 1; i <= 3 * LONG; i += 1) await chat.say(`prefix: ${question(i)}`)
  const sent = wide.server.arrived.map(({ said }) => said)
  const changes = sent.slice(1).filter((said, i) => {
    const before = sent[i] ?? []
    return JSON.stringify(said.slice(0, before.length)) !== JSON.stringify(before)
  })
  // Only where a fold came in; a late plan sends one request as it was, and changes it twice.
  expect(changes.length).toBeGreaterThan(0)
  expect(changes.length).toBeLessThanOrEqual(10)
  await wide.close()
})

interface LoggedMessage {
  readonly role: string
  readonly text: string
}

/** The logs of all sessions that hold a text, as a page of the extension reads them. */
async function readLogs(
  line: ChatBench['line'],
  text: string,
): Promise<readonly (readonly LoggedMessage[])[]> {
  return line.evaluate(async (wanted) => {
    const { backfold } = (globalThis as unknown as LineScope).line
    const logs: LoggedMessage[][] = []
    for (const { id, messages } of await backfold.sessions()) {
      if (messages === 0) continue
      const session = await backfold.session(id)
      const found = await session.recall({ from: 1, to: session.state.get().newest })
      if (found.kind !== 'messages') continue
      const active = found.messages.filter((message) => message.active)
      const log = active.map(({ role, parts }) => ({
        role,
        text: parts.map((part) => ('text' in part ? part.text : '')).join(''),
      }))
      if (log.some((one) => one.text.includes(wanted))) logs.push(log)
    }
    return logs
  }, text)
}
