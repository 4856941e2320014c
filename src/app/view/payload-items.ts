import type { Entry } from '../../core/session/context.ts'
import type { DigestLine } from '../../core/session/generation.ts'
import { describeCall } from '../../core/memory/describe-call.ts'
import { guessMediaType } from '../../core/memory/guess-media-type.ts'
import { describePayload } from '../../core/memory/stubs/describe-payload.ts'
import type { Message, Part, Seq, ToolCallPart } from '../../core/session/message.ts'
import { partText } from '../../core/session/message.ts'
import { DEFAULT_POLICY } from '../../core/session/policy.ts'
import type { PayloadPlace } from '../../protocol/requests.ts'
import { readStub } from '../../widget/view/read-stub.ts'
import type { LogItem } from '../run/message-log.ts'
import type { MemoryItem } from './memory-item.ts'
import { fullTokens } from './token-format.ts'

/** Digits of a hash by which lines and stubs name an artifact. */
const SHORT_HASH = 12
const MOST_TITLE = 160

/** Shorter parts are said in the digest rather than stored apart. */
const LEAST_CHARACTERS = DEFAULT_POLICY.largePayloadTokens * 3

/** Longest text that is read whole to say what it is. */
const MOST_DESCRIBED = 200_000

const STUB_GROUP = 'Stubs in the context'
const DIGEST_GROUP = 'Named by the digest'
const EARLIER_GROUP = 'Earlier readings'
const FOLDED_GROUP = 'Folded away'
const ORDER = [STUB_GROUP, DIGEST_GROUP, EARLIER_GROUP, FOLDED_GROUP]

/** What payloads are found in. */
export interface PayloadFinds {
  /** Lines of the head's digest. */
  readonly lines: readonly DigestLine[]
  /** Entries of the context. */
  readonly entries: readonly Entry[]
  /** The log as far as it is known here. */
  readonly log: readonly Pick<LogItem, 'seq' | 'draft'>[]
  /** Newest message that is folded. */
  readonly mark: Seq
}

/**
 * All payloads that are out of the context: those that messages hold stubs for, those that the digest names,
 * earlier readings of these, and what else is large in the messages that are folded. Each is listed once, of
 * each group the newest first.
 *
 * @see SPEC.md rule APP60
 */
export function payloadItems(finds: PayloadFinds): readonly MemoryItem[] {
  const items = new Map<string, MemoryItem>()
  const known = new Set<string>()
  const add = (item: MemoryItem, key: string): void => {
    if (!items.has(key)) items.set(key, item)
    for (const seq of item.sources) known.add(`${seq} ${item.title}`)
  }
  const named = finds.lines.flatMap((line) => {
    return line.artifact === undefined ? [] : [{ line, artifact: line.artifact }]
  })
  for (const entry of finds.entries) {
    if (entry.kind !== 'stubbed') continue
    for (const hash of entry.artifacts) add(stubItem(entry.message, hash), short(hash))
  }
  for (const { line, artifact } of named) add(lineItem(line, artifact), short(artifact))
  for (const { line } of named) {
    const earlier = readEarlier(line.text)
    if (earlier !== null) add(earlierItem(line, earlier), earlier.artifact)
  }
  for (const item of foldedItems(finds)) {
    const [seq] = item.sources
    if (!known.has(`${seq} ${item.title}`)) items.set(item.id, item)
  }
  return [...items.values()].sort(
    (a, b) =>
      ORDER.indexOf(a.group) - ORDER.indexOf(b.group) ||
      (b.sources.at(-1) ?? 0) - (a.sources.at(-1) ?? 0),
  )
}

function short(hash: string): string {
  return hash.slice(0, SHORT_HASH)
}

/** Large results and arguments of the messages that are folded, ascending. */
function foldedItems({ log, mark }: PayloadFinds): readonly MemoryItem[] {
  const calls = new Map<string, ToolCallPart>()
  const items: MemoryItem[] = []
  const readings = new Map<string, number>()
  for (const { seq, draft } of log) {
    if (seq === null || seq > mark) continue
    for (const [index, part] of draft.parts.entries()) {
      if (part.type === 'tool-call') calls.set(part.callId, part)
      const found = readPart(part, calls)
      if (found === null) continue
      const { call, what, text } = found
      const { label, subject } = call === undefined ? NO_CALL : describeCall(call)
      // What is read again under the same name is a newer reading of it; so the digest counts.
      const before = subject === '' ? undefined : readings.get(`${what} ${label}`)
      const older = before === undefined ? undefined : items[before]
      readings.set(`${what} ${label}`, items.length)
      if (older !== undefined && before !== undefined)
        items[before] = { ...older, notes: [...older.notes, `Newer one in #${seq}`] }
      items.push({
        ...payload({ seq, part: index }, `#${seq}.${index}`),
        group: FOLDED_GROUP,
        title: label,
        detail: `${what}, ${summaryOf(part, text, label)}, ${fullTokens(text.length)} characters`,
        sources: [seq],
        notes: older === undefined ? [] : [`Newer than #${older.sources[0] ?? 0}`],
      })
    }
  }
  return items
}

const NO_CALL = { label: 'tool result', subject: '' }

interface ReadPart {
  readonly what: 'result' | 'arguments'
  readonly text: string
  readonly call: ToolCallPart | undefined
}

/** The payload of a part, if it is a large one of a tool. */
function readPart(part: Part, calls: ReadonlyMap<string, ToolCallPart>): ReadPart | null {
  const found: ReadPart | null =
    part.type === 'tool-result'
      ? { what: 'result', text: part.output, call: calls.get(part.callId) }
      : part.type === 'tool-call'
        ? { what: 'arguments', text: part.input, call: part }
        : null
  return found !== null && found.text.length >= LEAST_CHARACTERS ? found : null
}

/** Parts never change, and what describes one is read from all of it. */
const summaries = new WeakMap<Part, string>()

/** What kind of payload a part is; of very long ones only what their beginning tells. */
function summaryOf(part: Part, text: string, label: string): string {
  if (text.length > MOST_DESCRIBED) return guessMediaType(text)
  const known = summaries.get(part)
  if (known !== undefined) return known
  const { summary } = describePayload(text, label)
  summaries.set(part, summary)
  return summary
}

function lineItem({ id, text, sources }: DigestLine, artifact: string): MemoryItem {
  const at = text.lastIndexOf(`, artifact ${short(artifact)}`)
  const told = at < 0 ? text : text.slice(0, at)
  const { title, summary } = splitTold(told)
  const earlier = readEarlier(text)
  const notes = earlier === null ? [] : [earlier.note]
  return {
    ...payload({ artifact }, artifact),
    group: DIGEST_GROUP,
    title,
    detail: summary,
    sources,
    notes,
    lines: [id],
  }
}

function stubItem(message: Message, artifact: string): MemoryItem {
  const name = `artifact ${short(artifact)}`
  const stub = message.parts.map(partText).find((text) => text.includes(name)) ?? ''
  const { title, detail, notes } = tellStub(stub)
  return {
    ...payload({ artifact }, artifact),
    group: STUB_GROUP,
    title: title === '' ? `${message.role} message` : title,
    detail,
    sources: [message.seq],
    notes,
  }
}

/** What a stub says, whether it is a newer reading, and the lines shown below. */
function tellStub(stub: string): Pick<MemoryItem, 'title' | 'detail' | 'notes'> {
  const { title, size, rest } = readStub(stub)
  if (size === '') return { title: '', detail: stub, notes: [] }
  const newer = /^ Newer reading of message (\d{1,9}): ([^.\n]{1,80})\./.exec(rest.slice(0, 160))
  const rows = rest.indexOf('\n')
  const shown = rows < 0 ? '' : rest.slice(rows)
  return {
    title,
    detail: size + shown,
    notes: newer === null ? [] : [`Newer than #${newer[1]}: ${newer[2]}`],
  }
}

function earlierItem({ text, sources }: DigestLine, earlier: Earlier): MemoryItem {
  const { title } = splitTold(text)
  return {
    ...payload({ artifact: earlier.artifact }, earlier.artifact),
    group: EARLIER_GROUP,
    title,
    detail: '',
    sources: earlier.seq === null ? sources : [earlier.seq],
    notes: [`Read again in #${sources.at(-1) ?? 0}`],
  }
}

function payload(
  place: PayloadPlace,
  id: string,
): Pick<MemoryItem, 'id' | 'place' | 'status' | 'actions'> {
  return { id, place, status: null, actions: ['open'] }
}

/** `read_file a.ts: result, TypeScript, 40 lines`: what was called, and what came of it. */
function splitTold(text: string): { readonly title: string; readonly summary: string } {
  const found = /: (?:result|arguments|block|data), /.exec(text)
  if (found === null) return { title: '', summary: text }
  const title = text.slice(0, found.index)
  return { title: title.slice(0, MOST_TITLE), summary: text.slice(found.index + 2) }
}

interface Earlier {
  readonly artifact: string
  readonly seq: number | null
  readonly note: string
}

/** How a line tells, at its end, that its payload is a newer reading of something. */
function readEarlier(text: string): Earlier | null {
  const at = text.lastIndexOf(', newer than #')
  if (at < 0) return null
  const found =
    /^, newer than #(\d{1,9}) \(\+(\d{1,9}) −(\d{1,9}) lines, before it artifact ([0-9a-f]{12})\)$/.exec(
      text.slice(at, at + 200),
    )
  const [, seq, added, removed, artifact] = found ?? []
  if (seq === undefined || artifact === undefined) return null
  const note = `Newer than #${seq}: ${added} lines added, ${removed} removed since`
  return { artifact, seq: Number(seq), note }
}
