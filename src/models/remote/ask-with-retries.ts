import type { ModelReply, ModelRequest } from '../../core/ports/language-model.ts'
import type { RemoteFailure } from './remote-failure.ts'
import type { RemoteQuestion, RemoteVendor, RequestShape } from './remote-vendor.ts'
import type { RemoteWorld } from './run-attempt.ts'
import { runAttempt } from './run-attempt.ts'

/** First wait between attempts, in milliseconds; doubled each time. */
const FIRST_WAIT_MS = 500
const MAX_WAIT_MS = 16_000

export interface RetryWorld extends RemoteWorld {
  readonly random: () => number
  /** What the server is known to understand. */
  readonly shape: () => RequestShape
  /** Told the shape of a request that was answered. */
  readonly learn: (shape: RequestShape) => void
}

/**
 * Asks until there is an answer, a failure that will not pass, or no try left. What a server does not
 * understand is left out at once and not counted as a try. Never rejects.
 *
 * An answer that broke off after its text was told is not asked for again: told text only ever grows.
 *
 * @see SPEC.md rules REM10–REM13
 */
export async function askWithRetries(
  world: RetryWorld,
  request: ModelRequest,
  signal: AbortSignal,
  onText: ((text: string) => void) | undefined,
): Promise<ModelReply> {
  const { clock, vendor, settings } = world
  const deadline = clock.now() + settings.timeoutMs
  const wasConstrained = world.shape().schemaMode < vendor.strictModes
  let shape = world.shape()
  let hasTold = false
  const tell = (text: string): void => {
    if (onText === undefined) return
    hasTold = true
    onText(text)
  }
  for (let tries = 0; ;) {
    const question = buildQuestion(request, shape, vendor, wasConstrained)
    const outcome = await runAttempt(world, question, signal, tell)
    if (outcome.kind === 'answered') {
      world.learn(shape)
      return outcome.reply
    }
    const { failure } = outcome
    const conceded = concede(shape, failure, vendor, request.schema !== undefined)
    if (conceded !== null) {
      shape = conceded
      continue
    }
    const wait = failure.retryAfterMs ?? backoff(tries, world.random())
    const isOver = !failure.isPassing || hasTold || tries >= settings.retries
    if (isOver || clock.now() + wait >= deadline) return reply(failure, wait)
    tries += 1
    try {
      await clock.delay(wait, signal)
    } catch {
      return { kind: 'failed', code: 'aborted', reason: 'The call was cancelled.' }
    }
  }
}

function reply(failure: RemoteFailure, wait: number): ModelReply {
  const { code, reason, isPassing } = failure
  return { kind: 'failed', code, reason, ...(isPassing ? { retryAfterMs: Math.round(wait) } : {}) }
}

/** Doubles with each try, and is spread so that not all come back at once. */
function backoff(tries: number, random: number): number {
  return Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** tries) * (0.5 + random / 2)
}

/**
 * The next smaller wish, if the server refused for one of them: null if it did not. Pure.
 *
 * @see SPEC.md rule REM13
 */
export function concede(
  shape: RequestShape,
  failure: RemoteFailure,
  vendor: RemoteVendor,
  hasSchema: boolean,
): RequestShape | null {
  const { status, said = '', code } = failure
  if (status === undefined || (code !== 'failed' && code !== 'server')) return null
  const refused = vendor.wishes.find(
    ({ name, refusedBy }) => !shape.dropped.includes(name) && refusedBy.test(said),
  )
  if (refused !== undefined && code === 'failed') {
    return { ...shape, dropped: [...shape.dropped, refused.name] }
  }
  if (!hasSchema || shape.schemaMode >= vendor.schemaModes.length - 1) return null
  // A refusal that says nothing may well be about the schema too.
  const isAboutSchema = code === 'failed' || /schema|grammar|response_?format/i.test(said)
  return isAboutSchema ? { ...shape, schemaMode: shape.schemaMode + 1 } : null
}

function buildQuestion(
  request: ModelRequest,
  shape: RequestShape,
  vendor: RemoteVendor,
  wasConstrained: boolean,
): RemoteQuestion {
  const { system, prompt, schema, maxTokens } = request
  const question = { system, prompt, maxTokens, shape }
  if (schema === undefined) return question
  // Who asked trusted in the schema being held to, and said nothing of it.
  const isUntold = wasConstrained && shape.schemaMode >= vendor.strictModes
  const words = `Answer with JSON alone, without a fence, that fits this JSON schema: ${JSON.stringify(schema)}`
  return { ...question, schema, ...(isUntold ? { system: `${system}\n\n${words}`.trim() } : {}) }
}
