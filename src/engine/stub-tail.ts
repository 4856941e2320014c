import { digestLine } from '../core/compaction/digest-lines.ts'
import { LEAST_ARCHIVED_TOKENS } from '../core/memory/archive-payloads.ts'
import { describeChange } from '../core/memory/artifacts/describe-change.ts'
import { describeCall, type CallDescription } from '../core/memory/describe-call.ts'
import { largePayload, readingKey, type Payload } from '../core/memory/payload.ts'
import { stubInput } from '../core/memory/stubs/stub-input.ts'
import { findUsedLines, indexUses, type UseIndex } from '../core/memory/stubs/used-lines.ts'
import { writeStub, type PayloadChange } from '../core/memory/stubs/write-stub.ts'
import type { Compressor } from '../core/ports/compressor.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { DigestLine, Stub } from '../core/session/generation.ts'
import type { Message, Part, Seq } from '../core/session/message.ts'
import { findInLog } from './find-in-log.ts'
import { unpackArtifact } from './unpack-artifact.ts'

/** What the tail is stubbed with. */
export interface TailRequest {
  readonly session: string
  /** Active messages above the mark. */
  readonly above: readonly Message[]
  readonly pins: ReadonlySet<Seq>
  /** Newest messages in which large payloads stay. */
  readonly protectMessages: number
  readonly largePayloadTokens: number
  /** Whether the model has archived a part of a message. */
  readonly isArchived: (seq: Seq, part: number) => boolean
  readonly count: (text: string) => number
  /** Lines about payloads of the covered part: where one call was made before, they say with what. */
  readonly lines: readonly DigestLine[]
}

/** Covered payloads that are read to be compared with later readings. */
const MAX_COMPARED = 32

/**
 * Stubs for large payloads above the mark, pinned and the newest messages left as they are, and for those that
 * the model has archived.
 */
export async function stubTail(
  ports: { readonly store: Pick<SessionStore, 'read'>; readonly compressor: Compressor },
  request: TailRequest,
): Promise<{ readonly stubs: readonly Stub[]; readonly payloads: readonly Payload[] }> {
  const { above, pins, protectMessages, isArchived, count } = request
  const stubs: Stub[] = []
  const payloads = new Map<string, Payload>()
  const calls = new Map<string, CallDescription>()
  const earlier = createReadings(ports, request)
  let uses: UseIndex | undefined
  for (const [at, message] of above.entries()) {
    const isProtected = at >= above.length - protectMessages
    for (const [index, part] of message.parts.entries()) {
      if (part.type === 'tool-call') calls.set(part.callId, describeCall(part))
      if (pins.has(message.seq)) continue
      const byModel = isArchived(message.seq, index)
      if (isProtected && !byModel) continue
      const call = 'callId' in part ? calls.get(part.callId) : undefined
      const payload = largePayload(message, part, {
        count,
        largePayloadTokens: byModel ? LEAST_ARCHIVED_TOKENS : request.largePayloadTokens,
        ...(call && { label: call.label }),
      })
      if (!payload) continue
      uses ??= indexUses(above)
      const known = uses
      const usedIn = (text: string): readonly string[] =>
        findUsedLines(text, known, { seq: message.seq })
      const about = { label: labelOf(part, call), artifact: payload.hash, seq: message.seq }
      const change = await earlier.compare(part, call, payload, message.seq)
      const text =
        part.type === 'tool-call'
          ? stubInput(payload.text, { ...about, usedIn })
          : writeStub(payload.text, {
              ...about,
              used: usedIn(payload.text),
              ...(change && { change }),
            })
      const tokens = text === undefined ? payload.tokens : count(text)
      if (text === undefined || tokens >= payload.tokens) continue
      payloads.set(payload.hash, payload)
      const { hash: artifact, tokens: tokensBefore } = payload
      stubs.push({ seq: message.seq, part: index, artifact, text, tokensBefore, tokens })
    }
  }
  return { stubs, payloads: [...payloads.values()] }
}

/** What the call was, so far as it is known; its own arguments stand beside the stub. */
function labelOf(part: Part, call: CallDescription | undefined): string {
  if (part.type === 'tool-call') return `${part.name} arguments`
  return call ? `result of ${call.label}` : 'tool result'
}

interface Reading {
  readonly text: string
  readonly seq: Seq
}

/** Remembers what each call gave last, above the mark and below it. */
function createReadings(
  ports: { readonly store: Pick<SessionStore, 'read'>; readonly compressor: Compressor },
  { session, lines }: TailRequest,
): {
  compare(
    part: Part,
    call: CallDescription | undefined,
    payload: Payload,
    seq: Seq,
  ): Promise<PayloadChange | undefined>
} {
  const readings = new Map<string, Reading>()
  const covered = new Map(lines.filter(({ artifact }) => artifact).map((line) => [line.id, line]))
  let compared = 0

  const readCovered = async (key: string): Promise<Reading | undefined> => {
    const line = covered.get(digestLine('artifacts', '', 0, 0, { key }).id)
    if (!line?.artifact || compared >= MAX_COMPARED) return undefined
    compared += 1
    const read = await ports.store.read({ session, artifacts: [line.artifact] })
    const found = read.artifacts[0]
    const text = found
      ? await unpackArtifact(ports, found)
      : (await findInLog(ports.store, { session, hash: line.artifact, places: line.sources }))?.text
    return text === undefined ? undefined : { text, seq: line.sources.at(-1) ?? 0 }
  }

  return {
    async compare(part, call, payload, seq) {
      if (part.type !== 'tool-result' || !call?.subject) return undefined
      const key = readingKey('result', call.label)
      const before = readings.get(key) ?? (await readCovered(key))
      readings.set(key, { text: payload.text, seq })
      const change = before && describeChange(before.text, payload.text, before.seq)
      // Where hardly a line is the same, it is another thing and not a newer reading.
      return change && change.kept > 0 ? change : undefined
    },
  }
}
