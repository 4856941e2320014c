import { excerptOf } from '../memory/excerpt.ts'
import { groupDigits } from '../memory/group-digits.ts'
import { countEntry, withStubs } from './assemble.ts'
import { NO_TOKENS, sumCategories } from './categories.ts'
import type { Context, Entry } from './context.ts'
import { partText, startsTurn, type Message } from './message.ts'

/** Sizes, in tokens, above which parts are stubbed, in turn, until the context fits. */
const STEPS = [8_000, 4_000, 2_000, 1_000, 500, 250, 60, 20] as const
/** From this size down a stub is a bare pointer: one with an excerpt would be no shorter. */
const BARE_BELOW = 250
/** Tokens of what an excerpt says of itself. */
const NOTE_TOKENS = 60

/**
 * Makes a context fit when even a fold can't, because the newest messages alone are too large: of their
 * largest parts it leaves what says the most, the larger and older first, the newest request last.
 *
 * Pure, and lossless as everything stays in the log under the position that the stub names. Depends on
 * content only, so the same context is squeezed the same way.
 *
 * @param maxTokens - As estimated, before calibration.
 * @see SPEC.md rules SQZ1, SQZ3
 */
export function squeezeContext(
  context: Context,
  maxTokens: number,
  count: (text: string) => number,
): Context {
  const entries = [...context.entries]
  let tokens = context.tokens
  const request = entries.findLastIndex(
    (entry) => entry.kind !== 'digest' && startsTurn(entry.message),
  )
  const squeezeAt = (index: number, step: number): void => {
    const entry = entries[index]
    if (!entry || entry.kind === 'digest' || tokens <= maxTokens) return
    const squeezed = squeezeEntry(entry, step, tokens - maxTokens, count)
    tokens -= entry.tokens - squeezed.tokens
    entries[index] = squeezed
  }
  for (const step of STEPS) {
    for (let index = 0; index < entries.length; index += 1) {
      if (index !== request) squeezeAt(index, step)
    }
  }
  // What the person asks for now goes last: without it, the rest is for nothing.
  for (const step of STEPS) squeezeAt(request, step)
  const categories = entries.reduce(countEntry, NO_TOKENS)
  return { ...context, entries, categories, tokens: sumCategories(categories) }
}

function squeezeEntry(
  entry: Exclude<Entry, { kind: 'digest' }>,
  step: number,
  over: number,
  count: (text: string) => number,
): Exclude<Entry, { kind: 'digest' }> {
  const { message } = entry
  const stubs = message.parts.flatMap((part, index) => {
    const text = partText(part)
    if (text.length < step * 2) return []
    const tokensBefore = count(text)
    if (tokensBefore < step) return []
    // No more goes than has to.
    const room = Math.max(step, tokensBefore - over) - NOTE_TOKENS
    const stub =
      step >= BARE_BELOW
        ? excerptStub(message, text, room, count)
        : `[recall message ${message.seq}]`
    const tokens = count(stub)
    if (tokens >= tokensBefore) return []
    return [{ seq: message.seq, part: index, artifact: '', text: stub, tokensBefore, tokens }]
  })
  if (stubs.length === 0) return entry
  const stubbed = withStubs(message, stubs)
  if (entry.kind === 'pinned') {
    return { ...entry, message: withoutWire(stubbed), tokens: stubbed.tokens }
  }
  const artifacts = entry.kind === 'stubbed' ? entry.artifacts : []
  return { kind: 'stubbed', message: stubbed, tokens: stubbed.tokens, artifacts }
}

/** A pinned message goes out as the host wrote it, and that is what has become too large. */
function withoutWire({ wire: _, ...message }: Message): Message {
  return message
}

function excerptStub(
  message: Message,
  text: string,
  room: number,
  count: (text: string) => number,
): string {
  const size = groupDigits(text.length)
  return (
    `[${labelOf(message)}: too large for the context (${size} characters), so parts of it stand here. ` +
    `The whole is stored: recall message ${message.seq}.]\n${excerptOf(text, room, count)}`
  )
}

function labelOf(message: Message): string {
  return message.role === 'tool' ? 'tool result' : `${message.role} message`
}
