import type { Entry } from '../../../src/core/session/context.ts'
import type { Stub } from '../../../src/core/session/generation.ts'
import type { Message, Part } from '../../../src/core/session/message.ts'
import { partsText, type View } from './view.ts'

/** One entry of a context as it must be, with what it counts. */
export interface ExpectedEntry {
  readonly kind: Entry['kind']
  /** 0 for the digest. */
  readonly seq: number
  /** What it says: its parts, or the lines of the digest. */
  readonly text: string
  readonly tokens: number
  /** The parts as they are shown. */
  readonly parts: readonly Part[]
}

/**
 * The context that a view stands for: pinned messages at or below the mark, the digest, every active
 * message above the mark, with stubs where the head names them and nobody has pinned it.
 */
export function expectedContext(view: View): readonly ExpectedEntry[] {
  const known = contexts.get(view)
  if (known) return known
  const { session, active, head } = view
  const pins = new Set(session.pins)
  const entries: ExpectedEntry[] = []
  for (const message of active) {
    if (message.seq <= session.mark && pins.has(message.seq)) entries.push(whole('pinned', message))
  }
  if (head) {
    entries.push({
      kind: 'digest',
      seq: 0,
      text: JSON.stringify(head.digest),
      tokens: head.digestTokens,
      parts: [],
    })
  }
  for (const message of active) {
    if (message.seq <= session.mark) continue
    const stubs = pins.has(message.seq)
      ? []
      : (head?.stubs ?? []).filter((stub) => stub.seq === message.seq)
    entries.push(stubs.length > 0 ? stubbed(message, stubs) : whole('message', message))
  }
  contexts.set(view, entries)
  return entries
}

const contexts = new WeakMap<View, readonly ExpectedEntry[]>()

/** A context in one text, for comparing it with one of another time. */
export function contextText(view: View): string {
  const entries = expectedContext(view)
  return entries.map(({ kind, seq, text }) => `${kind} ${seq} ${text}`).join('\n')
}

export function sumTokens(entries: readonly ExpectedEntry[]): number {
  return entries.reduce((sum, { tokens }) => sum + tokens, 0)
}

function whole(kind: 'pinned' | 'message', message: Message): ExpectedEntry {
  const { seq, tokens, parts } = message
  return { kind, seq, text: partsText(message), tokens, parts }
}

function stubbed(message: Message, stubs: readonly Stub[]): ExpectedEntry {
  const parts = message.parts.map((part, index) => {
    const stub = stubs.find((one) => one.part === index)
    return stub ? stubPart(part, stub.text) : part
  })
  const saved = stubs.reduce((sum, stub) => sum + stub.tokensBefore - stub.tokens, 0)
  return {
    kind: 'stubbed',
    seq: message.seq,
    text: JSON.stringify(parts),
    tokens: Math.max(1, message.tokens - saved),
    parts,
  }
}

function stubPart(part: Part, text: string): Part {
  if (part.type === 'tool-result') return { ...part, output: text }
  // Arguments whose large texts alone are stubbed are arguments still.
  if (part.type === 'tool-call' && text.startsWith('{')) {
    if (typeof JSON.parse(text) !== 'object') throw new Error(`no arguments: ${text}`)
    return { ...part, input: text }
  }
  if (part.type === 'tool-call') return { ...part, input: JSON.stringify({ stub: text }) }
  if (part.type === 'text' || part.type === 'reasoning') return { ...part, text }
  return { type: 'text', text }
}
