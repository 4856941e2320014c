import type { LanguageModel, ModelReply } from '../core/ports/language-model.ts'
import type { ModelAnswer, ModelQuestion } from '../protocol/model-api.ts'

/** Least time between two messages about the text of one call, in milliseconds. */
const TEXT_EVERY_MS = 100

/**
 * Lets the worker at the other end of a port ask models that only the page has. A signal can't cross, so a
 * call is aborted by its number.
 *
 * @returns Ends it: aborts what runs, says so to the worker if it still lives, and closes the port. The
 * models stay open; another worker may ask them.
 * @see SPEC.md rules PAGE4–PAGE7
 */
export function exposeModels(models: readonly LanguageModel[], port: MessagePort): () => void {
  const running = new Map<number, AbortController>()
  const say = (answer: ModelAnswer): void => port.postMessage(answer)

  const ask = async (question: Extract<ModelQuestion, { type: 'ask' }>): Promise<void> => {
    const { call, model: place, request, isHeard } = question
    const model = models[place]
    const controller = new AbortController()
    const pacer = paceText((text) => {
      if (running.has(call)) say({ type: 'text', call, text })
    })
    running.set(call, controller)
    const reply = await generate(
      model,
      request,
      controller.signal,
      isHeard ? pacer.push : undefined,
    )
    pacer.stop()
    // Nobody waits for what was aborted.
    if (running.get(call) !== controller) return
    running.delete(call)
    try {
      say({ type: 'answer', call, reply, info: model?.info })
    } catch {
      const unsendable = broken(
        'failed',
        'the answer of the page’s model can’t be sent to the worker',
      )
      say({ type: 'answer', call, reply: unsendable, info: undefined })
    }
  }
  const abort = (call: number): void => {
    const controller = running.get(call)
    running.delete(call)
    controller?.abort(new Error('the job no longer needs it'))
  }

  port.onmessage = ({ data }: MessageEvent<ModelQuestion>) => {
    if (data.type === 'ask') void ask(data)
    else if (data.type === 'abort') abort(data.call)
    else if (data.type === 'close') void models[data.model]?.close()
    else if (data.type === 'leave') for (const call of [...running.keys()]) abort(call)
    else say({ type: 'here' })
  }
  return () => {
    for (const call of [...running.keys()]) abort(call)
    say({ type: 'gone' })
    port.close()
  }
}

async function generate(
  model: LanguageModel | undefined,
  request: Parameters<LanguageModel['generate']>[0],
  signal: AbortSignal,
  onText: ((text: string) => void) | undefined,
): Promise<ModelReply> {
  if (!model) return broken('unavailable', 'the page has no such model')
  try {
    return await model.generate(request, signal, onText)
  } catch (failure) {
    return broken('failed', failure instanceof Error ? failure.message : 'the page’s model broke')
  }
}

function broken(code: 'failed' | 'unavailable', reason: string): ModelReply {
  return { kind: 'failed', code, reason: reason.slice(0, 300) }
}

/** Passes on the first text at once, and of those that follow the newest every so often. */
function paceText(send: (text: string) => void): { push(text: string): void; stop(): void } {
  let waiting: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const pass = (text: string): void => {
    waiting = undefined
    send(text)
    timer = setTimeout(() => {
      timer = undefined
      if (waiting !== undefined) pass(waiting)
    }, TEXT_EVERY_MS)
  }
  return {
    push(text) {
      if (timer === undefined) pass(text)
      else waiting = text
    },
    stop: () => clearTimeout(timer),
  }
}
