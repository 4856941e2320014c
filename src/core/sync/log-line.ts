import { beginsSession, type StampedDraft } from '../session/append.ts'
import { extendChain } from '../session/chain.ts'
import type { Message, Seq } from '../session/message.ts'

/** What is known of the messages before a line's first one. */
export interface LineBase {
  /** Newest of them; 0 for none. */
  readonly seq: Seq
  /** Chain hash of the newest active one. */
  readonly chain: string
  /** Tokens of the active ones. */
  readonly through: number
  /** Number of the active ones. */
  readonly active: number
}

/** What stands before the first message of a log. */
export const LOG_START: LineBase = { seq: 0, chain: '', through: 0, active: 0 }

/** The end of a log, or all of it, while entries are taken in. It changes; nothing that it has given away does. */
export interface LogLine {
  readonly base: LineBase
  /** Gives a message the next place. */
  place(draft: StampedDraft): Message
  /**
   * Takes active messages behind one up to another off the active path; all later ones stay, and continue the chain.
   *
   * @param after - At or above the base.
   */
  leave(after: Seq, through: Seq): readonly Seq[]
  /** Pins these and no others, as far as they are active. */
  pin(seqs: readonly Seq[]): void
  at(seq: Seq): Message | undefined
  find(id: string): Message | undefined
  /** All messages above the base, ascending. */
  messages(): readonly Message[]
  pins(): readonly Seq[]
  /** As it would be the base of another line. */
  end(): LineBase
  /** Another line that begins with the same messages. */
  fork(): LogLine
}

/**
 * A line of messages that are in the log already.
 *
 * @param pins - Of all messages, those before the line included.
 * @param isChained - False if chains and sums of the active messages are to be computed anew.
 */
export function createLogLine(
  base: LineBase,
  given: readonly Message[],
  givenPins: readonly Seq[],
  isChained: boolean = true,
): LogLine {
  const messages = [...given]
  const places = new Map(messages.map(({ id, seq }) => [id, seq]))
  let pins = givenPins
  let { chain, through, active } = base

  const index = (seq: Seq): number => seq - base.seq - 1
  const at = (seq: Seq): Message | undefined => messages[index(seq)]
  /** Computes chain and sums anew behind a message. */
  const rechain = (after: Seq): void => {
    ;({ chain, through, active } = base)
    for (const [at, message] of messages.entries()) {
      if (!message.active) continue
      active += 1
      if (message.seq > after) {
        const next = extendChain(chain, message.hash)
        messages[at] = { ...message, chain: next, through: through + message.tokens }
        chain = next
        through += message.tokens
      } else {
        ;({ chain, through } = message)
      }
    }
  }
  rechain(isChained ? Infinity : base.seq)

  return {
    base,
    place(draft) {
      const seq = base.seq + messages.length + 1
      chain = extendChain(chain, draft.hash)
      through += draft.tokens
      if (beginsSession(draft, active, pins)) pins = [...pins, seq]
      active += 1
      const message: Message = { ...draft, seq, chain, active: true, through }
      messages.push(message)
      places.set(message.id, seq)
      return message
    },
    leave(after, last) {
      const left = messages.filter((one) => one.active && one.seq > after && one.seq <= last)
      const gone = new Set(left.map(({ seq }) => seq))
      if (gone.size === 0) return []
      for (const message of left) messages[index(message.seq)] = { ...message, active: false }
      pins = pins.filter((seq) => !gone.has(seq))
      rechain(last)
      return [...gone]
    },
    pin(seqs) {
      const isThere = (seq: Seq): boolean => seq <= base.seq || at(seq)?.active === true
      pins = [...new Set(seqs)].filter(isThere).toSorted((a, b) => a - b)
    },
    at,
    find(id) {
      const seq = places.get(id)
      return seq === undefined ? undefined : at(seq)
    },
    messages: () => [...messages],
    pins: () => pins,
    end: () => ({ seq: base.seq + messages.length, chain, through, active }),
    fork: () => createLogLine(base, messages, pins),
  }
}
