import type { Context, Entry } from '../../../src/core/session/context.ts'
import type { Draft, Message, Part } from '../../../src/core/session/message.ts'

/** What to do with the message at an index: leave it out, or replace payloads of it by stubs. */
export type Treatment = 'message' | 'pinned' | 'left-out' | 'stubbed'

/** Puts drafts into a context, with a digest before the message at `digestAt`. */
export function contextOf(
  drafts: readonly Draft[],
  options: {
    readonly digestAt?: number | undefined
    readonly digest?: string
    readonly treat?: (index: number) => Treatment
  } = {},
): Context {
  const { digestAt, digest = 'what happened so far', treat = () => 'message' } = options
  const entries: Entry[] = []
  const mark = digestAt ?? 0
  for (const [i, draft] of drafts.entries()) {
    if (i === digestAt) entries.push(digestEntry(digest, mark))
    const treatment = treat(i)
    if (treatment === 'left-out') continue
    entries.push(entryOf(messageOf(draft, i + 1), treatment))
  }
  if (digestAt === drafts.length) entries.push(digestEntry(digest, mark))
  const none = { pinned: 0, digest: 0, user: 0, assistant: 0, tools: 0 }
  return {
    generation: digestAt === undefined ? 0 : 1,
    mark,
    through: drafts.length,
    entries,
    tokens: 0,
    categories: none,
  }
}

export function stubText(payload: string): string {
  return `[stub of ${payload.length} characters]`
}

function digestEntry(text: string, mark: number): Entry {
  return { kind: 'digest', generation: 1, mark, text, lines: [], tokens: 1 }
}

function entryOf(message: Message, treatment: Exclude<Treatment, 'left-out'>): Entry {
  if (treatment !== 'stubbed') return { kind: treatment, message, tokens: 1 }
  const parts = message.parts.map(stubPart)
  return { kind: 'stubbed', message: { ...message, parts }, tokens: 1, artifacts: ['hash'] }
}

function stubPart(part: Part): Part {
  switch (part.type) {
    case 'text':
      return { ...part, text: stubText(part.text) }
    case 'tool-result':
      return { ...part, output: stubText(part.output) }
    case 'tool-call':
      return { ...part, input: stubText(part.input) }
    case 'image':
    case 'file':
      return { type: 'text', text: stubText(part.url) }
    case 'reasoning':
    case 'approval-request':
    case 'approval-response':
      return part
  }
}

function messageOf(draft: Draft, seq: number): Message {
  return {
    ...draft,
    id: `m${seq}`,
    at: seq,
    seq,
    tokens: 1,
    hash: '',
    chain: '',
    through: seq,
    active: true,
  }
}
