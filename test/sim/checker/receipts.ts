import type { Message, Part } from '../../../src/core/session/message.ts'
import type { AppendReceipt, ContextResult } from '../../../src/protocol/requests.ts'
import { expectThat } from './invariant-error.ts'
import { partsText, type Changed } from './view.ts'

/** A message as a host sends it, in the shape of chat completions. */
export interface SentMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string | null
  readonly tool_call_id?: string
  readonly tool_calls?: readonly {
    readonly id: string
    readonly type: 'function'
    readonly function: { readonly name: string; readonly arguments: string }
  }[]
}

interface Sent {
  readonly message: SentMessage
  /** What its parts must be in the log. */
  readonly parts: string
  /** As it must go out again. */
  readonly wire: string
}

/**
 * What hosts sent and what they were told of it. An acknowledged message is in the log for good, a
 * refused one is not in it, and every message is what was sent, to the byte.
 */
export class Receipts {
  private readonly sent = new Map<string, Sent>()
  private readonly seqs = new Map<string, number>()
  private readonly refused = new Set<string>()
  private readonly log = new Map<string, Message>()

  send(ids: readonly string[], messages: readonly SentMessage[]): void {
    ids.forEach((id, index) => {
      const message = messages[index]
      if (!message) return
      const parts = JSON.stringify(partsOf(message))
      this.sent.set(id, { message, parts, wire: JSON.stringify(message) })
      // Sent again, it may be taken this time.
      this.refused.delete(id)
    })
  }

  /** What the log must hold of a message, as it stood when it was sent. */
  partsOf(id: string): string | undefined {
    return this.sent.get(id)?.parts
  }

  /** An append was answered: its messages are in the log now, in the order given. */
  acknowledge(ids: readonly string[], receipt: AppendReceipt, isRepeated: boolean): void {
    const { seqs } = receipt
    expectThat(receipt.ids.join() === ids.join(), `${receipt.ids.join()} instead of ${ids.join()}`)
    expectThat(seqs.length === ids.length, 'an append was answered in part')
    const ascends = seqs.every((seq, index) => index === 0 || seq > (seqs[index - 1] ?? 0))
    expectThat(ascends || isRepeated, `messages of one append at ${seqs.join()}`)
    ids.forEach((id, index) => {
      const seq = seqs[index] ?? 0
      const stored = this.log.get(id)
      expectThat(stored?.seq === seq, `${id} was acknowledged at ${seq}, it is at ${stored?.seq}`)
      this.seqs.set(id, seq)
    })
  }

  /** An append was refused, and its host told that nothing of it was stored. */
  refuse(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.seqs.has(id)) continue
      expectThat(!this.log.has(id), `${id} was refused, and is in the log`)
      this.refused.add(id)
    }
  }

  /** Messages that are new in the log. */
  checkNew(messages: readonly Changed<Message>[]): void {
    for (const { before, after } of messages) {
      if (before) continue
      const sent = this.sent.get(after.id)
      expectThat(sent !== undefined, `message ${after.seq} was never sent`)
      expectThat(partsText(after) === sent?.parts, `message ${after.seq} is not what was sent`)
      expectThat(after.role === sent?.message.role, `message ${after.seq} is of ${after.role}`)
      expectThat(
        !this.refused.has(after.id),
        `message ${after.seq} was refused, and came after all`,
      )
      this.log.set(after.id, after)
    }
  }

  /** Verbatim messages go out as they came in, byte for byte. */
  checkShown({ entries, messages }: ContextResult): void {
    const lines = messages.map((message) => JSON.stringify(message))
    let at = -1
    for (const entry of entries) {
      if (entry.kind !== 'message') continue
      const wire = this.sent.get(entry.message.id)?.wire ?? ''
      // A result is put behind its call, wherever it stands in the log.
      const found =
        entry.message.role === 'tool' ? lines.indexOf(wire) : lines.indexOf(wire, at + 1)
      expectThat(found >= 0, `message ${entry.message.seq} does not go out as it came in`)
      if (entry.message.role !== 'tool') at = found
    }
  }

  /** Ids of all messages that were acknowledged, with their positions. */
  acknowledged(): ReadonlyMap<string, number> {
    return this.seqs
  }

  /** The database is gone: nothing that was in it is owed to anybody. */
  forget(): void {
    this.seqs.clear()
    this.refused.clear()
    this.log.clear()
  }
}

function partsOf({ role, content, tool_call_id: callId, tool_calls: calls }: SentMessage): Part[] {
  if (role === 'tool') return [{ type: 'tool-result', callId: callId ?? '', output: content ?? '' }]
  const text: Part[] = content === null ? [] : [{ type: 'text', text: content }]
  const called = (calls ?? []).map((call): Part => ({
    type: 'tool-call',
    callId: call.id,
    name: call.function.name,
    input: call.function.arguments,
  }))
  return [...text, ...called]
}
