import { findPayload, type FoundPayload } from '../core/memory/artifacts/find-payload.ts'
import { describeCall } from '../core/memory/describe-call.ts'
import { describePayload } from '../core/memory/stubs/describe-payload.ts'
import type { AbortSignalLike } from '../core/ports/abort-signal-like.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { Part, Seq, ToolCallPart } from '../core/session/message.ts'
import { READ_SLICE } from './read-slices.ts'

/** Messages that are looked through for one payload: what others say of its places is not believed without end. */
const MAX_PLACES = 256
/** Messages read at once where the whole log is looked through. */
const SEARCH_SLICE = 32
/** Messages before a result in which its call is looked for. */
const CALL_REACH = 64

export interface PayloadInLog {
  readonly text: string
  readonly mediaType: string
}

/** Which payload, by 12 or more digits of its hash, and where it may be. */
export interface WantedPayload {
  readonly session: string
  readonly hash: string
  /** Messages that are said to hold it. */
  readonly places: readonly Seq[]
  /** Where none of these holds it, all messages up to this one are looked through; none by default. */
  readonly newest?: Seq
}

/**
 * The payload of an artifact that is not stored here, because another device has moved it out: cut out of the messages
 * that hold it, and described as it was there. Undefined where none does, or the signal ends the search. Writes nothing.
 *
 * @see SPEC.md rule ART7
 */
export async function findInLog(
  store: Pick<SessionStore, 'read'>,
  wanted: WantedPayload,
  signal?: AbortSignalLike,
): Promise<PayloadInLog | undefined> {
  const { session } = wanted
  const found = (await searchPlaces(store, wanted)) ?? (await searchLog(store, wanted, signal))
  if (!found) return undefined
  const call = await findCall(store, session, found)
  const { mediaType } = describePayload(found.text, call && describeCall(call).label)
  return { text: found.text, mediaType }
}

/** A few messages at a time, as a reader holds up whoever wants to append. */
async function searchPlaces(
  store: Pick<SessionStore, 'read'>,
  { session, hash, places: said }: WantedPayload,
): Promise<FoundPayload | undefined> {
  const places = said.slice(-MAX_PLACES)
  for (let end = places.length; end > 0; end -= READ_SLICE) {
    const read = await store.read({ session, at: places.slice(Math.max(0, end - READ_SLICE), end) })
    const found = findPayload(read.at, hash)
    if (found) return found
  }
  return undefined
}

/** A line for which a digest had no room names nothing. */
async function searchLog(
  store: Pick<SessionStore, 'read'>,
  { session, hash, newest = 0 }: WantedPayload,
  signal: AbortSignalLike | undefined,
): Promise<FoundPayload | undefined> {
  for (let to = newest; to > 0 && !signal?.aborted; to -= SEARCH_SLICE) {
    const range = { from: Math.max(1, to - SEARCH_SLICE + 1), to }
    const found = findPayload((await store.read({ session, range })).range, hash)
    if (found) return found
  }
  return undefined
}

/** The call that gave a payload, or was given it: it tells a file's language. */
async function findCall(
  store: Pick<SessionStore, 'read'>,
  session: string,
  { seq, part }: FoundPayload,
): Promise<ToolCallPart | undefined> {
  if (part.type === 'tool-call') return part
  if (part.type !== 'tool-result') return undefined
  const isCall = (one: Part): one is ToolCallPart =>
    one.type === 'tool-call' && one.callId === part.callId
  for (let to = seq; to > Math.max(0, seq - CALL_REACH); to -= READ_SLICE) {
    const range = { from: Math.max(1, to - READ_SLICE + 1), to }
    const read = await store.read({ session, range })
    const call = read.range.findLast(({ parts }) => parts.some(isCall))?.parts.find(isCall)
    if (call) return call
  }
  return undefined
}
