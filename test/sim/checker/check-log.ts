import { createHash } from 'node:crypto'
import type { Message } from '../../../src/core/session/message.ts'
import { expectThat } from './invariant-error.ts'
import { isRequest } from './turn-state.ts'
import { partsText, type Delta, type View } from './view.ts'

/**
 * The log: positions dense, messages never rewritten, chain and sums right, and the session's counters
 * those of the log. What is new is checked message by message, the rest was when it was new.
 */
export class LogCheck {
  private readonly places = new Map<string, number>()
  private readonly hashes = new Map<string, string>()
  private turns = 0

  check(before: View | undefined, after: View, { messages }: Delta): void {
    for (const changed of messages) {
      if (changed.before) checkLeft(changed.before, changed.after)
      else this.checkNew(changed.after, after)
    }
    const left = messages.filter((changed) => changed.before).length
    const isBranched = before !== undefined && after.session.branch > before.session.branch
    expectThat(left === 0 || isBranched, 'messages left the active path without a branch')
    if (messages.length > 0) checkSums(after)
    expectThat(after.session.nextSeq === after.log.length + 1, 'the next position is not the end')
    expectThat(after.session.turns === this.turns, () => {
      return `${this.turns} turns were started, the session says ${after.session.turns}`
    })
  }

  private checkNew(message: Message, { log }: View): void {
    const { seq, id, hash, role } = message
    expectThat(log[seq - 1] === message && !log.includes(undefined as never), `a gap at ${seq}`)
    expectThat(!this.places.has(id), () => `${id} is at ${this.places.get(id)} and at ${seq}`)
    this.places.set(id, seq)
    expectThat(message.active, `message ${seq} was never on the active path`)
    const content = `${role} ${partsText(message)}`
    const known = this.hashes.get(content) ?? hash
    expectThat(known === hash, `message ${seq} hashes otherwise than an equal one`)
    this.hashes.set(content, hash)
    if (isRequest(message)) this.turns += 1
  }
}

/** The only change there is: a branch leaves a message behind. */
function checkLeft(before: Message, after: Message): void {
  expectThat(before.active && !after.active, `message ${after.seq} was written again`)
  const same = JSON.stringify({ ...before, active: false }) === JSON.stringify(after)
  expectThat(same, `message ${after.seq} was rewritten`)
}

function checkSums({ active, session }: View): void {
  let chain = ''
  let sum = 0
  for (const message of active) {
    sum += message.tokens
    expectThat(message.through === sum, `the sum up to message ${message.seq} is not ${sum}`)
    chain = chainOf(chain, message)
  }
  expectThat(session.chain === chain, 'the session has another chain than its log')
  expectThat(session.tokens.log === sum, `the log has ${sum} tokens, not ${session.tokens.log}`)
  expectThat(session.messages === active.length, 'the session counts its messages wrong')
}

/** The chain behind a message. Hashed once for each message behind the same chain. */
function chainOf(chain: string, message: Message): string {
  const known = verified.get(message)
  if (known === chain) return message.chain
  const right = createHash('sha256')
    .update(chain + message.hash)
    .digest('hex')
  expectThat(message.chain === right, `the chain breaks at message ${message.seq}`)
  verified.set(message, chain)
  return right
}

const verified = new WeakMap<Message, string>()
