import { BackfoldError } from '../../src/core/backfold-error.ts'
import { createPendingCalls } from '../../src/protocol/pending-calls.ts'
import { fromReply, toReply, type Reply } from '../../src/protocol/reply.ts'

/** What one side of a wire takes: requests, which are answered, and notices, which are not. All of it is plain JSON. */
export interface Side {
  readonly requests: Readonly<
    Record<string, { readonly params: unknown; readonly result: unknown }>
  >
  readonly notices: Readonly<Record<string, unknown>>
}

/** A way to another context: a runtime port, or one end of a MessageChannel. */
export interface Wire {
  send(message: unknown): void
  listen(listener: (message: unknown) => void): void
  /** Called once the other end is gone. */
  onEnd(listener: () => void): void
  close(): void
}

/** The form of everything that crosses a wire. */
export type WireMessage =
  | { readonly ask: number; readonly method: string; readonly params: unknown }
  | { readonly answer: number; readonly reply: Reply<unknown> }
  | { readonly tell: string; readonly payload: unknown }

/** What this side does for the other. What it is given came from another context: it is checked there. */
export interface Handlers<Ours extends Side> {
  readonly requests: {
    readonly [M in keyof Ours['requests']]: (
      params: Ours['requests'][M]['params'],
    ) => Promise<Ours['requests'][M]['result']>
  }
  readonly notices: {
    readonly [N in keyof Ours['notices']]: (payload: Ours['notices'][N]) => void
  }
}

/** The other side. */
export interface Rpc<Theirs extends Side> {
  /**
   * @param deadlineMs - Longest wait in milliseconds; 0, the default, waits for as long as the wire is there.
   * @throws BackfoldError as the other side threw it; `WORKER_LOST` when the wire ends first, `TIMED_OUT`.
   */
  ask<M extends keyof Theirs['requests'] & string>(
    method: M,
    params: Theirs['requests'][M]['params'],
    deadlineMs?: number,
  ): Promise<Theirs['requests'][M]['result']>
  tell<N extends keyof Theirs['notices'] & string>(notice: N, payload: Theirs['notices'][N]): void
  close(): void
}

/** Asks and answers over a wire. Messages of no known form are left alone. */
export function createRpc<Ours extends Side, Theirs extends Side>(
  wire: Wire,
  handlers: Handlers<Ours>,
): Rpc<Theirs> {
  const calls = createPendingCalls()
  const waiting = new Map<number, (reply: Reply<unknown>) => void>()
  let next = 0
  let isOpen = true
  const send = (message: WireMessage): void => {
    if (isOpen) wire.send(message)
  }
  const end = (): void => {
    isOpen = false
    waiting.clear()
    calls.fail(new BackfoldError('WORKER_LOST', 'the other context is gone'))
  }
  const answer = (id: number, method: string, params: unknown): void => {
    const work = Object.hasOwn(handlers.requests, method) ? handlers.requests[method] : undefined
    void toReply(async () => {
      if (!work) throw new BackfoldError('INVALID_INPUT', 'no such request')
      return work(params)
    }).then((reply) => send({ answer: id, reply }))
  }
  wire.listen((message) => {
    const known = readMessage(message)
    if (!known) return
    if ('ask' in known) answer(known.ask, known.method, known.params)
    else if ('tell' in known) {
      if (!Object.hasOwn(handlers.notices, known.tell)) return
      handlers.notices[known.tell]?.(known.payload as Ours['notices'][string])
    } else {
      waiting.get(known.answer)?.(known.reply)
      waiting.delete(known.answer)
    }
  })
  wire.onEnd(end)
  return {
    async ask(method, params, deadlineMs = 0) {
      const id = (next += 1)
      const reply = new Promise<Reply<unknown>>((resolve) => waiting.set(id, resolve))
      const guarded = calls.guard(reply, method, deadlineMs)
      try {
        send({ ask: id, method, params })
        return fromReply(await guarded)
      } finally {
        waiting.delete(id)
      }
    },
    tell: (notice, payload) => send({ tell: notice, payload }),
    close() {
      end()
      wire.close()
    },
  }
}

function readMessage(message: unknown): WireMessage | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const { ask, method, answer, reply, tell } = message as Readonly<Record<string, unknown>>
  if (typeof ask === 'number' && typeof method === 'string') return message as WireMessage
  if (typeof tell === 'string') return message as WireMessage
  const isReply = typeof reply === 'object' && reply !== null && 'ok' in reply
  return typeof answer === 'number' && isReply ? (message as WireMessage) : undefined
}
