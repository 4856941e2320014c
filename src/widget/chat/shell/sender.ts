import type { Draft, Message, Seq } from '../../../core/session/message.ts'
import type { AppendReceipt } from '../../../protocol/requests.ts'
import type { ChatFailure } from '../chat.ts'
import { messageParts } from '../core/attachments.ts'
import {
  MAX_QUEUED,
  queueTexts,
  readQueue,
  unqueueTexts,
  type QueuedEntry,
} from '../core/host-texts.ts'
import type { ChatOptions } from './chat-options.ts'
import type { ChatWorld } from './chat-world.ts'
import { failureOf } from './failure-of.ts'
import type { LogReader } from './log-reader.ts'

export interface SenderWorld extends Pick<ChatOptions, 'session'> {
  readonly world: ChatWorld
  readonly database: string
  readonly reader: LogReader
  /** False while there is no connection and the model needs one. */
  readonly canAsk: () => boolean
  /** Asks for an answer to what was said last; false if there is none. Never rejects. */
  readonly answer: () => Promise<boolean>
  readonly fail: (failure: ChatFailure) => void
  readonly sent: (seq: Seq, text: string) => void
}

/** Sends messages, one turn at a time among all tabs. */
export interface Sender {
  /**
   * Appends and asks, or queues where that can't be now; false for what is too large to be queued. Rejects if it
   * could not be done; then nothing was.
   */
  send(entry: QueuedEntry): Promise<boolean>
  /** Does something that ends with an answer, then goes on with the queue; false if another turn is under way. */
  alone(work: () => Promise<boolean>): Promise<boolean>
  /** Sends what waits, if it can be. */
  pump(): void
  /** A failure holds the queue up until somebody does something about it. */
  unblock(): void
  /** Takes a message out of the queue; null if it is not there any more. */
  take(id: string): Promise<QueuedEntry | null>
  isBusy(): boolean
  close(): void
}

/**
 * A queue that is kept with the session. Whoever holds the session's lock appends and asks, so that among all tabs
 * one turn is under way at a time. A message goes from the queue into the log under a lock of the queue's own and by
 * its id, so that it is appended once, whatever is closed or lost in between.
 *
 * @see SPEC.md rules CHAT12–CHAT14
 */
export function createSender(parts: SenderWorld): Sender {
  const { session, world, database, reader } = parts
  const name = lockName(database, session.id)
  const turns = world.lock(name)
  const queue = world.lock(`${name}:queue`)
  let isActive = false
  let isWanted = false
  let isBlocked = false
  let isClosed = false

  const appendEntry = async ({ id, text, attachments, replaces }: QueuedEntry): Promise<Seq> => {
    if (replaces !== null) await leaveBehind(parts, replaces)
    const [seq = 0] = (
      await session.append({ id, role: 'user', parts: messageParts(text, attachments) })
    ).seqs
    parts.sent(seq, text)
    await reader.refresh(seq)
    return seq
  }
  const takeFirst = (): Promise<Seq | null> =>
    queue.run(async () => {
      const [first] = readQueue((await session.describe({})).host)
      if (first === undefined) return null
      const seq = await appendEntry(first)
      await session.describe({ host: unqueueTexts(first.id) })
      return seq
    })
  const drain = async (): Promise<void> => {
    while (!isClosed && parts.canAsk()) {
      const seq = await takeFirst()
      if (seq === null) return
      // It may be that a tab died after it had sent it.
      if (!(await isUnanswered(reader, seq, session.state.get().newest))) continue
      if (isClosed) return
      if (await parts.answer()) continue
      isBlocked = true
      return
    }
  }
  const drainSafely = async (): Promise<void> => {
    try {
      await drain()
    } catch (thrown) {
      isBlocked = true
      parts.fail(failureOf(thrown))
    }
  }
  const release = (): void => {
    isActive = false
    if (isWanted) sender.pump()
  }
  const sender: Sender = {
    async send(entry) {
      isBlocked = false
      if (!isActive && parts.canAsk()) {
        let isBehind = false
        isActive = true
        try {
          const ran = await turns.tryRun(async () => {
            isBehind = readQueue((await session.describe({})).host).length > 0
            if (isBehind) return
            await appendEntry(entry)
            if (isClosed) return
            isBlocked = !(await parts.answer())
            if (!isBlocked) await drainSafely()
          })
          if (ran !== null && !isBehind) return true
        } finally {
          release()
        }
      }
      const texts = queueTexts(entry)
      if (Object.values(texts).some((text) => text.length > MAX_QUEUED)) return false
      await session.describe({ host: texts })
      sender.pump()
      return true
    },
    async alone(work) {
      if (isActive) return false
      isActive = true
      isBlocked = false
      try {
        const ran = await turns.tryRun(async () => {
          isBlocked = !(await work())
          if (!isBlocked) await drainSafely()
        })
        return ran !== null
      } finally {
        release()
      }
    },
    pump() {
      isWanted = true
      if (isActive || isBlocked || isClosed || !parts.canAsk()) return
      isWanted = false
      if (readQueue(session.state.get().details.host).length === 0) return
      isActive = true
      void turns.run(drainSafely).then(release, (thrown: unknown) => {
        isBlocked = true
        parts.fail(failureOf(thrown))
        release()
      })
    },
    unblock() {
      isBlocked = false
    },
    take: (id) =>
      queue.run(async () => {
        const found = readQueue((await session.describe({})).host).find((one) => one.id === id)
        if (found === undefined) return null
        await session.describe({ host: unqueueTexts(id) })
        return found
      }),
    isBusy: () => isActive,
    close() {
      isClosed = true
    },
  }
  return sender
}

/** Name of the lock that whoever asks for an answer in a session holds. */
export function lockName(database: string, session: string): string {
  return `backfold:${database}:chat:${session}`
}

/** Messages of which an append failed: they are kept until it succeeds. */
export interface Unsaved {
  append(drafts: readonly Draft[]): Promise<AppendReceipt>
  /** Appends what is left; true if there was something. */
  flush(): Promise<boolean>
}

/** @see SPEC.md rule CHAT11 */
export function createUnsaved({
  session,
  reader,
}: Pick<SenderWorld, 'session' | 'reader'>): Unsaved {
  let left: readonly Draft[] = []
  const append = async (drafts: readonly Draft[]): Promise<AppendReceipt> => {
    const receipt = await session.append(...drafts)
    await reader.refresh(receipt.seqs.at(-1) ?? 0)
    return receipt
  }
  return {
    async append(drafts) {
      try {
        return await append(drafts)
      } catch (thrown) {
        left = [...left, ...drafts]
        throw thrown
      }
    },
    async flush() {
      if (left.length === 0) return false
      // By their ids they are appended once, even if the first time was no failure.
      await append(left)
      left = []
      return true
    },
  }
}

/** Leaves a message and all above it behind on a branch. What left already is left as it is. */
async function leaveBehind(
  { session, reader }: Pick<SenderWorld, 'session' | 'reader'>,
  seq: Seq,
): Promise<void> {
  const [message] = await reader.range(seq, seq)
  if (message?.active === true) await session.branch(await activeBelow(reader, seq))
}

/** The newest position below another that is on the active path; 0 for none. */
export async function activeBelow(reader: LogReader, seq: Seq): Promise<Seq> {
  for (let to = seq - 1; to > 0; to -= LOOK) {
    const messages = await reader.range(Math.max(1, to - LOOK + 1), to)
    const found = messages.findLast(({ active }) => active)
    if (found !== undefined) return found.seq
  }
  return 0
}

const LOOK = 50

async function isUnanswered(reader: LogReader, seq: Seq, newest: Seq): Promise<boolean> {
  const [own, ...above]: readonly Message[] = await reader.range(seq, Math.max(seq, newest))
  return own?.active === true && !above.some(({ active, role }) => active && role === 'assistant')
}
