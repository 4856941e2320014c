import { largePayload, type Payload, type PayloadOptions } from '../memory/payload.ts'
import { stubText } from '../memory/stub-text.ts'
import type { Stub } from '../session/generation.ts'
import type { Message } from '../session/message.ts'

/** A payload with the stub that takes its place. */
export interface StubbedPayload {
  readonly stub: Stub
  readonly payload: Payload
}

/** The stub for one part of a message; undefined if it is not large enough, or a stub would not be shorter. */
export function stubPayload(
  message: Message,
  index: number,
  options: PayloadOptions,
): StubbedPayload | undefined {
  const part = message.parts[index]
  const payload = part && largePayload(message, part, options)
  if (!payload) return undefined
  const label = part.type === 'tool-call' ? `${part.name} arguments` : 'tool result'
  const text = stubText(payload.text, { label, artifact: payload.hash, seq: message.seq })
  const tokens = options.count(text)
  if (tokens >= payload.tokens) return undefined
  const { seq } = message
  const { hash: artifact, tokens: tokensBefore } = payload
  return { payload, stub: { seq, part: index, artifact, text, tokensBefore, tokens } }
}
