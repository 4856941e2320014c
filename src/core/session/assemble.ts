import { renderDigest } from '../compaction/digest-text.ts'
import { addCategories, categoryOf, NO_TOKENS, sumCategories } from './categories.ts'
import { hashText } from './chain.ts'
import type { Categories, Context, Entry } from './context.ts'
import type { Generation, Stub } from './generation.ts'
import type { Message, Part, Seq } from './message.ts'

/** Everything a context is made of. */
export interface ContextSources {
  /** The head generation; undefined while nothing was folded. */
  readonly head: Generation | undefined
  /** Pinned messages at or below the mark, ascending. */
  readonly pins: readonly Message[]
  /** Active messages above the mark, ascending. */
  readonly tail: readonly Message[]
  /** Positions of all pinned messages: above the mark, too, they stay as they are. */
  readonly pinned?: readonly Seq[]
}

/**
 * Builds the context: pinned head, digest, then every message above the mark.
 *
 * Total and pure. It reads the log and not a former context, so a message can't be dropped by a fold.
 * Between two applied generations its result only grows at the end.
 *
 * @see SPEC.md rules CTX1–CTX6
 */
export function assembleContext({ head, pins, tail, pinned = [] }: ContextSources): Context {
  const stubs = stubsBySeq((head?.stubs ?? []).filter(({ seq }) => !pinned.includes(seq)))
  const entries: Entry[] = pins.map((message) => ({
    kind: 'pinned',
    message,
    tokens: message.tokens,
  }))
  if (head) entries.push(digestEntry(head))
  for (const message of tail) entries.push(tailEntry(message, stubs.get(message.seq)))
  const categories = entries.reduce(countEntry, NO_TOKENS)
  return {
    generation: head?.n ?? 0,
    mark: head?.mark ?? 0,
    through: tail.at(-1)?.seq ?? head?.mark ?? 0,
    entries,
    tokens: sumCategories(categories),
    categories,
  }
}

/**
 * Hash of a context by what it is made of: the digest's text, the stubs, the pinned messages and the
 * chain of the log. It needs no look at the covered messages, because the chain stands for them.
 */
export function contextHash(
  head: Generation | undefined,
  pins: readonly Seq[],
  chainThrough: string,
): string {
  const digest = head ? renderDigest(head.digest, head.mark) : ''
  const stubs = (head?.stubs ?? []).map((stub) => [stub.seq, stub.part, stub.text])
  return hashText(JSON.stringify([head?.coverage ?? '', digest, stubs, pins, chainThrough]))
}

/** Replaces payloads of a message by their stubs. */
export function withStubs(message: Message, stubs: readonly Stub[]): Message {
  const byPart = new Map(stubs.map((stub) => [stub.part, stub]))
  const saved = stubs.reduce((sum, stub) => sum + stub.tokensBefore - stub.tokens, 0)
  return {
    ...message,
    tokens: Math.max(1, message.tokens - saved),
    parts: message.parts.map((part, index) => {
      const stub = byPart.get(index)
      return stub ? stubbedPart(part, stub.text) : part
    }),
  }
}

function digestEntry(head: Generation): Entry {
  return {
    kind: 'digest',
    generation: head.n,
    mark: head.mark,
    text: renderDigest(head.digest, head.mark),
    lines: head.digest,
    tokens: head.digestTokens,
  }
}

function tailEntry(message: Message, stubs: readonly Stub[] | undefined): Entry {
  if (!stubs) return { kind: 'message', message, tokens: message.tokens }
  const stubbed = withStubs(message, stubs)
  return {
    kind: 'stubbed',
    message: stubbed,
    tokens: stubbed.tokens,
    artifacts: stubs.map((stub) => stub.artifact),
  }
}

function stubbedPart(part: Part, text: string): Part {
  switch (part.type) {
    case 'tool-result':
      return { ...part, output: text }
    case 'tool-call':
      // The input must stay JSON that providers accept. A stub that is no arguments begins with a bracket.
      return { ...part, input: text.startsWith('{') ? text : JSON.stringify({ stub: text }) }
    case 'text':
    case 'reasoning':
      return { ...part, text }
    default:
      return { type: 'text', text }
  }
}

/** Adds an entry's tokens to what they are spent on. */
export function countEntry(sums: Categories, entry: Entry): Categories {
  switch (entry.kind) {
    case 'pinned':
      return addCategories(sums, 'pinned', entry.tokens)
    case 'digest':
      return addCategories(sums, 'digest', entry.tokens)
    case 'message':
    case 'recalled':
    case 'stubbed':
      return addCategories(sums, categoryOf(entry.message), entry.tokens)
  }
}

function stubsBySeq(stubs: readonly Stub[]): ReadonlyMap<Seq, readonly Stub[]> {
  const bySeq = new Map<Seq, Stub[]>()
  for (const stub of stubs) {
    const own = bySeq.get(stub.seq)
    if (own) own.push(stub)
    else bySeq.set(stub.seq, [stub])
  }
  return bySeq
}
