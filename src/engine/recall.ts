import { BackfoldError } from '../core/backfold-error.ts'
import { placesOfPayload } from '../core/memory/artifacts/find-payload.ts'
import { findDigestLine } from '../core/memory/find-digest-line.ts'
import { slicePayload, type SliceQuery } from '../core/memory/slice-payload.ts'
import { countLines } from '../core/memory/slice.ts'
import { guessMediaType } from '../core/memory/guess-media-type.ts'
import { partText, type Seq } from '../core/session/message.ts'
import type { PayloadPlace, RecalledBy, RecallQuery, RecallResult } from '../protocol/requests.ts'
import { findInLog } from './find-in-log.ts'
import type { SessionCell } from './session-cell.ts'
import { unpackArtifact } from './unpack-artifact.ts'

const MAX_RECALLED = 1_000
/** Longest text by which a line of the digest is named. */
const MAX_NAME_LENGTH = 10_000
/** Messages named as those that hold a payload, the newest. */
const MAX_NAMED = 12

interface Payload {
  readonly text: string
  readonly mediaType: string
}

/** How much is wanted of a recall by words, and for whom. */
export interface RecallWish {
  readonly limit: number
  readonly tokens?: number
  readonly by: RecalledBy
}

/**
 * Brings back what was moved out. Never changes anything.
 *
 * @see SPEC.md rules REC1–REC8, ART7
 */
export async function recall(
  cell: SessionCell,
  query: RecallQuery,
  { limit, tokens, by }: RecallWish,
  signal: AbortSignal,
): Promise<RecallResult> {
  if (typeof query === 'string') {
    // A heavy worker that is started only now would find an empty database where ours was lost.
    const { session } = await cell.ports.store.read({ session: cell.id })
    if (!session) throw notFound(`session ${cell.id} is gone`)
    const budget = tokens === undefined ? {} : { tokens }
    // The model has its context before it; a person searches everything.
    const beyondContext = by === 'model'
    const request = { session: cell.id, query, limit, ...budget, beyondContext }
    const hits = await cell.ports.searcher.search(request, signal)
    return { kind: 'hits', hits }
  }
  if (typeof query !== 'object' || query === null) {
    throw invalid('recall takes words, a range, an artifact, a part of a message or a digest line')
  }
  if ('line' in query) return recallLine(cell, query.line)
  if ('artifact' in query || 'seq' in query) {
    const payload = await readPayload(cell, query, signal)
    return isSlice(query) ? slice(payload, query) : { kind: 'artifact', ...payload }
  }
  return recallRange(cell, query)
}

async function recallRange(
  cell: SessionCell,
  { from, to }: { readonly from: Seq; readonly to: Seq },
): Promise<RecallResult> {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < from) {
    throw invalid(`a range needs 1 ≤ from ≤ to, got ${from} to ${to}`)
  }
  const read = await cell.ports.store.read({
    session: cell.id,
    range: { from, to: Math.min(to, from + MAX_RECALLED - 1) },
  })
  return { kind: 'messages', messages: read.range }
}

/** The messages that a line of the head's digest stands for. */
async function recallLine(cell: SessionCell, wanted: string): Promise<RecallResult> {
  if (typeof wanted !== 'string' || wanted === '' || wanted.length > MAX_NAME_LENGTH) {
    throw invalid('a digest line is named by its id, or by how its text begins')
  }
  const { head } = await cell.ports.store.read({ session: cell.id, head: true })
  const line = findDigestLine(head?.digest ?? [], wanted)
  if (!line) throw notFound(`the digest has no line ${wanted.slice(0, 80)}`)
  const read = await cell.ports.store.read({ session: cell.id, at: line.sources })
  return { kind: 'sources', line, messages: read.at }
}

async function readPayload(
  cell: SessionCell,
  place: PayloadPlace,
  signal: AbortSignal,
): Promise<Payload> {
  if ('artifact' in place) return readArtifact(cell, place.artifact, signal)
  const { seq, part } = place
  if (!Number.isInteger(seq) || seq < 1 || !Number.isInteger(part) || part < 0) {
    throw invalid(
      `a part of a message is named by seq and part, from 1 and from 0, got ${seq}, ${part}`,
    )
  }
  const { at } = await cell.ports.store.read({ session: cell.id, at: [seq] })
  const message = at[0]
  if (!message) throw notFound(`there is no message ${seq}`)
  const found = message.parts[part]
  if (!found) throw notFound(`message ${seq} has no part ${part}: it has ${message.parts.length}`)
  // Of a call only what the model wrote is a payload, so that a path fits it.
  const text = found.type === 'tool-call' ? found.input : partText(found)
  return { text, mediaType: guessMediaType(text) }
}

async function readArtifact(
  cell: SessionCell,
  hash: string,
  signal: AbortSignal,
): Promise<Payload> {
  if (!/^[0-9a-f]{12,64}$/.test(hash)) {
    throw invalid('an artifact is named by 12 or more digits of its hash')
  }
  const read = await cell.ports.store.read({ session: cell.id, artifacts: [hash] })
  const artifact = read.artifacts[0]
  if (!artifact) return readFromLog(cell, hash, signal)
  const text = await unpackArtifact(cell.ports, artifact)
  return { text, mediaType: artifact.mediaType }
}

/** An artifact that is not stored here, because another device folded: its payload is still in the log. */
async function readFromLog(
  { id: session, ports }: SessionCell,
  hash: string,
  signal: AbortSignal,
): Promise<Payload> {
  const read = await ports.store.read({ session, generations: 'all', pads: 'all' })
  const places = placesOfPayload(read, hash)
  const newest = (read.session?.nextSeq ?? 1) - 1
  const found = await findInLog(ports.store, { session, hash, places, newest }, signal)
  if (found) return found
  if (places.length === 0) throw notFound(`there is no artifact ${hash}`)
  const named = places.slice(-MAX_NAMED).map((seq) => `#${seq}`)
  throw notFound(`there is no artifact ${hash} here; its payload is in message ${named.join(', ')}`)
}

function isSlice(
  query: PayloadPlace | (PayloadPlace & SliceQuery),
): query is PayloadPlace & SliceQuery {
  const wanted = ['lines', 'path', 'grep'].filter((member) => member in query)
  if (wanted.length > 1) throw invalid(`one slice at a time, got ${wanted.join(' and ')}`)
  if ('lines' in query && (typeof query.lines !== 'object' || query.lines === null)) {
    throw invalid('lines takes from and to')
  }
  return wanted.length === 1
}

function slice({ text, mediaType }: Payload, query: SliceQuery): RecallResult {
  const sliced = slicePayload(text, query)
  switch (sliced.kind) {
    case 'invalid':
      throw invalid(sliced.reason)
    case 'missing':
      throw notFound(sliced.reason)
    case 'sliced':
      return {
        ...sliced,
        kind: 'slice',
        mediaType,
        characters: text.length,
        lines: countLines(text),
      }
  }
}

function invalid(reason: string): BackfoldError {
  return new BackfoldError('INVALID_INPUT', reason)
}

function notFound(reason: string): BackfoldError {
  return new BackfoldError('SESSION_NOT_FOUND', reason)
}
