import type { Clock } from '../core/ports/clock.ts'
import type {
  LanguageModel,
  LanguageModelInfo,
  ModelReply,
  ModelRequest,
} from '../core/ports/language-model.ts'
import { ABORTED, failed } from '../models/answer-within.ts'
import type { ModelAnswer, ModelQuestion } from '../protocol/model-api.ts'

/** How often the page is asked if it is there while calls wait, in milliseconds. */
const PING_EVERY_MS = 10_000

/**
 * Pings without an answer after which a page counts as gone. Pings are counted and no time is measured,
 * because a computer that slept has lost time and no page.
 */
const SILENT_PINGS = 3

/**
 * The page's models as the engine sees them: each call crosses to the page and back. A page that has gone or
 * says nothing any more answers `unavailable`.
 *
 * @param infos - What the page says of its models, in its order; newer news comes with each answer.
 * @see SPEC.md rules PAGE4–PAGE7
 */
export function pageModels(
  infos: readonly LanguageModelInfo[],
  port: MessagePort,
  clock: Clock,
): readonly LanguageModel[] {
  return infos.map(connectPageModels(port, clock))
}

/** The same for models that the page gets later: each by what is known of it and its place. */
export function connectPageModels(
  port: MessagePort,
  clock: Clock,
): (told: LanguageModelInfo, place: number) => LanguageModel {
  const line = openLine(port, clock)
  return (told, place) => {
    let info = told
    let isClosed = false
    const calls = new Set<number>()
    return {
      get info() {
        return info
      },
      generate(request, signal, onText) {
        // A signal that was aborted before it is listened to stays silent.
        if (signal.aborted || isClosed) return Promise.resolve(ABORTED)
        return new Promise((resolve) => {
          const call = line.ask(place, request, onText, (reply, newest) => {
            info = newest ?? info
            calls.delete(call)
            signal.removeEventListener('abort', onAbort)
            resolve(reply)
          })
          const onAbort = (): void => line.abort(call)
          calls.add(call)
          signal.addEventListener('abort', onAbort, { once: true })
        })
      },
      async close() {
        isClosed = true
        for (const call of [...calls]) line.abort(call)
        line.close(place)
      },
    }
  }
}

type OnEnd = (reply: ModelReply, info?: LanguageModelInfo) => void

interface WaitingCall {
  readonly onText: ((text: string) => void) | undefined
  readonly onEnd: OnEnd
}

/** The way to the page. */
interface Line {
  /** @param onEnd - Called once, never before this returns. */
  ask(
    model: number,
    request: ModelRequest,
    onText: ((text: string) => void) | undefined,
    onEnd: OnEnd,
  ): number
  abort(call: number): void
  close(model: number): void
}

const GONE = failed('unavailable', 'the page that has this model is gone: open it again')
const SILENT = failed('unavailable', 'the page that has this model does not answer', PING_EVERY_MS)
const UNSENDABLE = failed('invalid-options', 'the question holds what can’t be sent to the page')

function openLine(port: MessagePort, clock: Clock): Line {
  const waiting = new Map<number, WaitingCall>()
  let calls = 0
  let silence = 0
  let isGone = false
  let resting = new AbortController()
  const say = (question: ModelQuestion): void => port.postMessage(question)

  const end = (call: number, reply: ModelReply, info?: LanguageModelInfo): void => {
    const found = waiting.get(call)
    if (!waiting.delete(call)) return
    if (waiting.size === 0) resting.abort()
    found?.onEnd(reply, info)
  }
  const endAll = (reply: ModelReply): void => {
    for (const call of [...waiting.keys()]) end(call, reply)
  }
  const abort = (call: number, reply: ModelReply = ABORTED): void => {
    if (waiting.has(call)) say({ type: 'abort', call })
    end(call, reply)
  }
  const tell = (call: number, text: string): void => {
    try {
      waiting.get(call)?.onText?.(text)
    } catch {
      // Whoever listens can't break an answer.
    }
  }
  const leave = (): void => {
    isGone = true
    endAll(GONE)
  }
  /** Asks if the page is there for as long as a call waits. */
  const watch = async (): Promise<void> => {
    const rest = (resting = new AbortController())
    silence = 0
    while (!rest.signal.aborted) {
      say({ type: 'ping' })
      try {
        await clock.delay(PING_EVERY_MS, rest.signal)
      } catch {
        return
      }
      silence += 1
      if (silence >= SILENT_PINGS) for (const call of [...waiting.keys()]) abort(call, SILENT)
    }
  }

  port.onmessage = ({ data }: MessageEvent<ModelAnswer>) => {
    silence = 0
    if (data.type === 'gone') leave()
    else if (data.type === 'text') tell(data.call, data.text)
    else if (data.type === 'answer') end(data.call, data.reply, data.info)
  }
  // Told at once by Node and by browsers that know the event; the others are found out by their silence.
  port.addEventListener('close', leave)
  return {
    ask(model, request, onText, onEnd) {
      const call = (calls += 1)
      const later = (reply: ModelReply): void => queueMicrotask(() => end(call, reply))
      const isFirst = waiting.size === 0
      waiting.set(call, { onText, onEnd })
      if (isGone) later(GONE)
      else {
        try {
          say({ type: 'ask', call, model, request, isHeard: onText !== undefined })
        } catch {
          later(UNSENDABLE)
        }
        if (isFirst) void watch()
      }
      return call
    },
    abort: (call) => abort(call),
    close: (model) => say({ type: 'close', model }),
  }
}
