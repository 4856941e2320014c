import { openChatBench } from '../extension/chat-page.ts'

/** Sizes of histories in thousands of characters, with the most that they may be held up, in milliseconds. */
const BARS = [
  { kilo: 20, most: 15 },
  { kilo: 200, most: 15 },
  { kilo: 1_000, most: 50 },
] as const

/** Requests of each talk; the first are not counted. */
const TURNS = 30
const WARM = 8

/**
 * Talks in a page with the extension, each turn with the whole history.
 *
 * @returns Whether the median of each size is within its bar.
 */
export async function measureExtensionRequests(say: (line: string) => void): Promise<boolean> {
  const bench = await openChatBench({ windows: { '': 100_000 } })
  const chat = await bench.open()
  let isMet = true
  for (const { kilo, most } of BARS) {
    const { times, messages } = await chat.page.evaluate(talk, { kilo, turns: TURNS })
    const late = times.slice(WARM).toSorted((a, b) => a - b)
    const median = late[Math.floor(late.length / 2)] ?? Number.NaN
    const high = late[Math.floor(late.length * 0.95)] ?? Number.NaN
    isMet &&= median <= most
    say(
      `${String(kilo).padStart(5)} kB, ${messages} messages: held up ${median.toFixed(1)} ms (p50), ${high.toFixed(1)} ms (p95); bar ${most} ms`,
    )
  }
  await bench.close()
  return isMet
}

/** Runs in the page. */
async function talk({
  kilo,
  turns,
}: {
  readonly kilo: number
  readonly turns: number
}): Promise<{ readonly times: readonly number[]; readonly messages: number }> {
  const words = (n: number): string =>
    Array.from({ length: 250 }, (_, i) => `word${(n * 31 + i * 7) % 997}`).join(' ')
  const messages: { role: string; content: string }[] = []
  for (let size = 0; size < kilo * 1_000;) {
    const content = `${kilo} ${messages.length} ${words(messages.length)}`
    size += content.length
    messages.push({ role: messages.length % 2 === 0 ? 'user' : 'assistant', content })
  }
  if (messages.length % 2 === 0) messages.pop()
  const times: number[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    const question = { role: 'user', content: `next ${turn} ${words(turn)}` }
    messages.push({ role: 'assistant', content: `ok ${turn}` }, question)
    const body = JSON.stringify({ model: 'm', stream: true, messages })
    const headers = { 'content-type': 'application/json' }
    performance.clearResourceTimings()
    const asked = performance.now()
    const response = await fetch('/v1/chat/completions', { method: 'POST', headers, body })
    await response.text()
    // A person reads; the timing is there a moment after the answer.
    await new Promise((resolve) => setTimeout(resolve, 300))
    const [entry] = performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('/chat/completions'))
    if (entry) times.push(entry.startTime - asked)
  }
  return { times, messages: messages.length }
}
