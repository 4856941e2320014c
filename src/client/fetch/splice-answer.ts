import type { RecallFormat } from '../../protocol/host-requests.ts'
import { MAX_ANSWER_BYTES } from './capture-answer.ts'
import { cutEvents } from './cut-events.ts'
import type { Bytes } from './pass-through.ts'
import type { RecallRounds } from './recall-loop.ts'
import { createAnthropicSplicer } from './splicers/anthropic-splicer.ts'
import { createGeminiSplicer } from './splicers/gemini-splicer.ts'
import { createOllamaSplicer } from './splicers/ollama-splicer.ts'
import { createOpenAiSplicer } from './splicers/openai-splicer.ts'
import type { Splicer } from './splicers/splicer.ts'
import { stampResponse } from './stamp-response.ts'

export interface Splice {
  readonly format: RecallFormat
  readonly rounds: RecallRounds
  readonly first: Response
  /** Told the whole of what the host was given, once it was. */
  readonly record: (answer: string) => void
}

const SPLICERS: Readonly<Record<RecallFormat, () => Splicer>> = {
  openai: createOpenAiSplicer,
  anthropic: createAnthropicSplicer,
  gemini: createGeminiSplicer,
  ollama: createOllamaSplicer,
}

/** What is still to come of one answer. */
interface Round {
  /** The next of what the host is given, perhaps nothing; undefined at the end of the stream. */
  read(): Promise<string | undefined>
  /** What was held back of calls that may be answered here; undefined if there are none. */
  held(): { readonly answer: string; readonly events: readonly string[] } | undefined
  cancel(reason: unknown): Promise<void>
}

/**
 * One streamed answer made of several: what a model says goes to the host as it comes; its calls of recall tools
 * do not, and behind them the stream of the next answer goes on.
 */
export function spliceAnswer({ format, rounds, first, record }: Splice): Response {
  const splicer = SPLICERS[format]()
  const isLines = format === 'ollama'
  const encoder = new TextEncoder()
  const given = createGiven(record)
  let round = readRound(first, splicer, isLines, true)
  let isLeft = false

  /** What follows at the end of an answer; undefined if that was the last. */
  const goOn = async (): Promise<string | undefined> => {
    const held = round.held()
    if (!held) return undefined
    const next = await rounds.next(held.answer)
    const events = held.events.map(next ? splicer.withoutCalls : splicer.write)
    if (next) splicer.next()
    round = next ? readRound(next, splicer, isLines, false) : ended
    return events.join('')
  }

  const body = new ReadableStream<Bytes>({
    async pull(controller) {
      for (;;) {
        const text = (await round.read()) ?? (await goOn())
        // A stream that is left ends as one that is over does.
        if (isLeft) return
        if (text === undefined) {
          given.end()
          controller.close()
          return
        }
        if (text === '') continue
        given.add(text)
        controller.enqueue(encoder.encode(text))
        return
      }
    },
    async cancel(reason) {
      // Hosts leave as soon as they have read the mark that ends an answer.
      if (splicer.isWhole() && !round.held()) given.end()
      isLeft = true
      rounds.cancel()
      await round.cancel(reason)
    },
  })
  const spliced = stampResponse(first, body)
  spliced.headers.delete('content-length')
  return spliced
}

const ended: Round = {
  read: async () => undefined,
  held: () => undefined,
  cancel: async () => {},
}

function readRound(
  response: Response,
  splicer: Splicer,
  isLines: boolean,
  isFirst: boolean,
): Round {
  const reader = response.body?.getReader()
  if (!reader) return ended
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const cutter = cutEvents(isLines)
  let answer: string[] = []
  let bytes = 0
  let held: string[] = []
  let isHosts = false

  /** Nothing is hidden from the host if any of it is the host's. */
  const release = (): string => {
    isHosts = true
    answer = []
    const events = held
    held = []
    return events.map(splicer.write).join('')
  }
  const give = (event: string): string => {
    const share = splicer.look(event)
    if (isHosts) return splicer.write(event)
    if (share === 'host') return release() + splicer.write(event)
    if (share === 'open' && held.length === 0) return splicer.write(event)
    held.push(event)
    return ''
  }
  const take = (text: string): string => {
    if (!isHosts) answer.push(text)
    const told = cutter.push(text).map(give).join('')
    if (bytes <= MAX_ANSWER_BYTES) return told
    // Too much to be looked at: it goes through as it is.
    return told + (isHosts ? '' : release()) + (isFirst ? cutter.rest() : '')
  }
  return {
    async read() {
      // Some servers keep a stream open behind the mark that ends the answer.
      if (held.length > 0 && splicer.isWhole()) {
        void reader.cancel().catch(() => {})
        return undefined
      }
      const { done, value } = await reader.read()
      if (!done) {
        bytes += value.byteLength
        return take(decoder.decode(value, { stream: true }))
      }
      const begun = take(decoder.decode())
      const rest = cutter.rest()
      const last = begun + (rest === '' ? '' : give(rest))
      return last === '' ? undefined : last
    },
    held: () => (held.length > 0 ? { answer: answer.join(''), events: held } : undefined),
    cancel: (reason) => reader.cancel(reason),
  }
}

/** Keeps what the host was given, as long as it is not too long to be recorded. */
function createGiven(record: (answer: string) => void): {
  readonly add: (text: string) => void
  readonly end: () => void
} {
  let pieces: string[] | undefined = []
  let length = 0
  return {
    add(text) {
      length += text.length
      if (length > MAX_ANSWER_BYTES) pieces = undefined
      pieces?.push(text)
    },
    end() {
      if (pieces) record(pieces.join(''))
      pieces = undefined
    },
  }
}
