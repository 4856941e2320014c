import type { Clock } from '../../core/ports/clock.ts'
import type { ModelReply, ModelUsage } from '../../core/ports/language-model.ts'
import type { RemoteSettings } from './check-remote-options.ts'
import { findConnectionFailure } from './find-connection-failure.ts'
import type { Attempt } from './guarded-fetch.ts'
import { createAttempt, CUT, guardFetch, NOT_JSON } from './guarded-fetch.ts'
import { hideKeys } from './hide-keys.ts'
import { readHttpFailure } from './read-http-failure.ts'
import { fieldsOf, itemsOf } from './read-json-fields.ts'
import type { RemoteFailure } from './remote-failure.ts'
import type { AnswerPiece, FetchLike, RemoteQuestion, RemoteVendor } from './remote-vendor.ts'

/** Longest silence within an answer, in milliseconds. */
const IDLE_MS = 20_000
/** Longest text of an answer, in characters per token asked for: what is behind, the server was not asked for. */
const CHARACTERS_PER_TOKEN = 16
/** Longest text whatever was asked for. */
const MAX_CHARACTERS = 4_000_000

/** What an attempt needs of the world. */
export interface RemoteWorld {
  readonly settings: RemoteSettings
  readonly vendor: RemoteVendor
  readonly clock: Clock
  readonly fetch: FetchLike
  readonly isOnline: () => boolean
}

export type AttemptOutcome =
  | { readonly kind: 'answered'; readonly reply: ModelReply }
  | { readonly kind: 'failed'; readonly failure: RemoteFailure }

/**
 * Asks once and reads the answer to its end. Never rejects. Whatever happens, nothing is left open behind it.
 *
 * @param onText - Told the whole text so far whenever it grew.
 */
export async function runAttempt(
  world: RemoteWorld,
  question: RemoteQuestion,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<AttemptOutcome> {
  const own = new AbortController()
  const stop = (): void => own.abort()
  signal.addEventListener('abort', stop, { once: true })
  let lastByteAt = world.clock.now()
  let isAnswering = false
  const attempt = createAttempt(() => {
    lastByteAt = world.clock.now()
    if (isAnswering) return
    isAnswering = true
    void watchIdle(world.clock, () => lastByteAt, own, attempt)
  })
  const answer = new GrowingAnswer(question.maxTokens, onText)
  let thrown: { readonly error: unknown } | null = null
  try {
    const guarded = guardFetch(world.fetch, world.settings, world.clock, attempt)
    const chunks = await world.vendor.open(question, guarded, own.signal)
    for await (const chunk of chunks) {
      answer.add(world.vendor.read(chunk, question))
      if (answer.isOver) break
    }
    for (const chunk of wholeChunks(attempt)) answer.add(world.vendor.read(chunk, question))
  } catch (error) {
    thrown = { error }
  }
  const failure =
    attempt.failure ??
    (thrown === null
      ? null
      : await explain(thrown.error, answer.isKnown, attempt, world, signal)) ??
    readWholeError(attempt, world, answer)
  signal.removeEventListener('abort', stop)
  own.abort()
  if (failure !== null) return { kind: 'failed', failure }
  return answer.finish(attempt)
}

/** The text of an answer as it arrives, and how it ended. */
class GrowingAnswer {
  isOver = false
  isKnown = false
  readonly #most: number
  readonly #maxTokens: number
  readonly #onText: (text: string) => void
  #text = ''
  #stop: AnswerPiece['stop']
  #usage: Partial<ModelUsage> = {}

  constructor(maxTokens: number, onText: (text: string) => void) {
    this.#maxTokens = maxTokens
    this.#most = Math.min(MAX_CHARACTERS, maxTokens * CHARACTERS_PER_TOKEN + 1_000)
    this.#onText = onText
  }

  add(piece: AnswerPiece): void {
    this.isKnown ||= piece.isKnown
    this.#usage = { ...this.#usage, ...piece.usage }
    this.#stop = piece.stop ?? this.#stop
    if (piece.text === '' || this.isOver) return
    this.#text += piece.text
    if (this.#text.length > this.#most) {
      this.#text = this.#text.slice(0, this.#most).toWellFormed()
      this.#stop = 'length'
      this.isOver = true
    }
    this.#onText(this.#text)
  }

  finish(attempt: Attempt): AttemptOutcome {
    const stop = this.#stop ?? (attempt.isDone && this.#text !== '' ? 'whole' : undefined)
    if (stop === undefined) {
      const isOther = !this.isKnown && (attempt.bytes > 0 || attempt.whole !== undefined)
      return { kind: 'failed', failure: isOther ? NOT_JSON : CUT }
    }
    if (stop === 'refused') return { kind: 'failed', failure: REFUSED }
    if (stop === 'length' && this.#text === '') {
      const reason = `The model used all ${this.#maxTokens} tokens before its answer began: allow more, or choose one that thinks less.`
      return { kind: 'failed', failure: { code: 'truncated', reason, isPassing: false } }
    }
    const { input, output } = this.#usage
    const usage = input === undefined || output === undefined ? {} : { usage: { input, output } }
    return {
      kind: 'answered',
      reply: { kind: 'answered', text: this.#text, isWhole: stop === 'whole', ...usage },
    }
  }
}

function wholeChunks(attempt: Attempt): readonly unknown[] {
  if (attempt.whole === undefined) return []
  return Array.isArray(attempt.whole) ? itemsOf(attempt.whole) : [attempt.whole]
}

/** An error that came with status 200. */
function readWholeError(
  attempt: Attempt,
  world: RemoteWorld,
  answer: GrowingAnswer,
): RemoteFailure | null {
  if (answer.isKnown && !('error' in fieldsOf(attempt.whole))) return null
  return 'error' in fieldsOf(attempt.whole) ? readTold(attempt.whole, world) : null
}

function readTold(body: unknown, world: RemoteWorld): RemoteFailure {
  const told = {
    status: null,
    body: JSON.stringify(body) ?? '',
    retryAfter: null,
    retryAfterMs: null,
  }
  return readHttpFailure(told, (text) => hideKeys(text, world.settings), world.clock.now())
}

/** Ends an answer that fell silent. */
async function watchIdle(
  clock: Clock,
  lastByteAt: () => number,
  own: AbortController,
  attempt: Attempt,
): Promise<void> {
  try {
    for (let wait = IDLE_MS; wait > 0; wait = lastByteAt() + IDLE_MS - clock.now()) {
      await clock.delay(wait, own.signal)
    }
    attempt.failure ??= SILENT
    own.abort()
  } catch {
    // The attempt ended first.
  }
}

/** Why a client threw, where `fetch` has not seen it. */
async function explain(
  error: unknown,
  isKnown: boolean,
  attempt: Attempt,
  world: RemoteWorld,
  signal: AbortSignal,
): Promise<RemoteFailure> {
  if (signal.aborted) return ABORTED
  if (attempt.lost !== null) {
    const connection = {
      baseUrl: world.settings.baseUrl,
      fetch: world.fetch,
      isOnline: world.isOnline,
      clock: world.clock,
    }
    return await findConnectionFailure(attempt.lost.error, connection, signal)
  }
  if (attempt.isCut) return CUT
  const told = errorWithin(error)
  if (told !== undefined) return readTold(told, world)
  const message = error instanceof Error ? error.message : ''
  if (/incomplete json/i.test(message)) return isKnown ? CUT : NOT_JSON
  if (error instanceof SyntaxError || /json|parsing/i.test(message)) return NOT_JSON
  if (/import|module|chunk/i.test(message)) return UNLOADED
  const quote = hideKeys(message, world.settings)
  return { code: 'failed', reason: `The request failed: ${quote}`, isPassing: false }
}

/** What a server said within its stream, as the clients wrap it into their errors. */
function errorWithin(error: unknown): unknown {
  const inner = fieldsOf(error)['error']
  if (typeof inner === 'object' && inner !== null)
    return 'error' in inner ? inner : { error: inner }
  const message = error instanceof Error ? error.message : ''
  const start = message.indexOf('{"error"')
  if (start < 0) return undefined
  try {
    return JSON.parse(message.slice(start)) as unknown
  } catch {
    return undefined
  }
}

const ABORTED: RemoteFailure = {
  code: 'aborted',
  reason: 'The call was cancelled.',
  isPassing: false,
}

const SILENT: RemoteFailure = {
  code: 'timed-out',
  reason: `The server fell silent for ${IDLE_MS / 1_000} s in the middle of its answer.`,
  isPassing: true,
}

const REFUSED: RemoteFailure = {
  code: 'refused',
  reason: 'The provider or its model refused to answer this.',
  isPassing: false,
}

const UNLOADED: RemoteFailure = {
  code: 'unavailable',
  reason: "The provider's client could not be loaded.",
  isPassing: false,
}
