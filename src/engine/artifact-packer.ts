import { applyDelta, findDelta, formatDelta } from '../core/memory/artifacts/delta.ts'
import { SKETCH_SIZE, sketchLines } from '../core/memory/artifacts/sketch.ts'
import type { Payload } from '../core/memory/payload.ts'
import type { Compressor } from '../core/ports/compressor.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { Artifact } from '../core/session/generation.ts'

/** Packs payloads into artifacts, near-repeats as deltas. */
export interface ArtifactPacker {
  /**
   * The artifacts to be written for payloads, a base always before what is told from it. Payloads that
   * are stored already give none.
   *
   * @param payloads - In log order, so that a later reading is told from an earlier one.
   */
  pack(session: string, payloads: readonly Payload[]): Promise<readonly Artifact[]>
}

/** A delta is stored if it needs at most this share of the whole. */
const MOST_SHARE = 0.5
/** Numbers that two sketches must share for the texts to be compared. */
const LEAST_SHARED = SKETCH_SIZE / 4
/** Sketch values remembered over all sessions: some thousand payloads. */
const MAX_REMEMBERED = 50_000
/** Shorter payloads gain nothing from it. In UTF-16 code units. */
const LEAST_LENGTH = 1_000

/**
 * Creates a packer that remembers what payloads looked like, for as long as it lives. What it remembers
 * is a hint only: a base is used if it is stored, whole, or written in the same go before the delta.
 *
 * @see SPEC.md rules ART1, ART2, ART5
 */
export function createArtifactPacker(ports: {
  readonly store: Pick<SessionStore, 'read'>
  readonly compressor: Compressor
}): ArtifactPacker {
  const { store, compressor } = ports
  const sketched = createSketchIndex()

  const packWhole = async (session: string, payload: Payload): Promise<Artifact> => ({
    session,
    hash: payload.hash,
    ...(await compressor.pack(payload.text)),
    length: payload.text.length,
    mediaType: payload.mediaType,
    tokens: payload.tokens,
  })

  const chooseForm = async (
    payload: Payload,
    whole: Artifact,
    written: ReadonlyMap<string, string>,
  ): Promise<Artifact> => {
    const { session } = whole
    if (payload.text.length < LEAST_LENGTH) return whole
    const sketch = sketchLines(payload.text)
    const base = sketched.find(session, sketch)
    const baseText =
      base === undefined ? undefined : (written.get(base) ?? (await readWhole(session, base)))
    if (base !== undefined && baseText !== undefined) {
      const packed = await packDelta(compressor, baseText, payload.text, whole.bytes.length)
      if (packed) return { ...whole, ...packed, base }
    }
    sketched.remember(session, sketch, payload.hash)
    return whole
  }

  const readWhole = async (session: string, hash: string): Promise<string | undefined> => {
    const read = await store.read({ session, artifacts: [hash] })
    const found = read.artifacts[0]
    return found && found.base === undefined ? compressor.unpack(found) : undefined
  }

  return {
    async pack(session, payloads) {
      if (payloads.length === 0) return []
      const { artifacts: stored } = await store.read({
        session,
        artifacts: payloads.map(({ hash }) => hash),
      })
      const known = new Set(stored.map(({ hash }) => hash))
      const fresh = new Map(payloads.map((payload) => [payload.hash, payload]))
      for (const hash of known) fresh.delete(hash)
      const due = [...fresh.values()]
      const wholes = await Promise.all(due.map((payload) => packWhole(session, payload)))
      const written = new Map<string, string>()
      const packed: Artifact[] = []
      for (const [index, whole] of wholes.entries()) {
        const payload = due[index]
        if (!payload) continue
        const artifact = await chooseForm(payload, whole, written)
        if (artifact.base === undefined) written.set(artifact.hash, payload.text)
        packed.push(artifact)
      }
      return packed
    },
  }
}

async function packDelta(
  compressor: Compressor,
  base: string,
  text: string,
  wholeBytes: number,
): Promise<Pick<Artifact, 'bytes' | 'encoding'> | undefined> {
  const delta = findDelta(base, text)
  // What can't be put together again to the letter is stored whole, whatever the reason.
  if (!delta || applyDelta(base, delta) !== text) return undefined
  const formatted = formatDelta(delta)
  if (formatted.length > text.length * MOST_SHARE) return undefined
  const packed = await compressor.pack(formatted)
  return packed.bytes.length <= wholeBytes * MOST_SHARE ? packed : undefined
}

interface SketchIndex {
  /** Hash of the payload that shares most of the sketch, if it shares enough. */
  find(session: string, sketch: readonly number[]): string | undefined
  remember(session: string, sketch: readonly number[], hash: string): void
}

function createSketchIndex(): SketchIndex {
  const newest = new Map<string, string>()
  return {
    find(session, sketch) {
      const shared = new Map<string, number>()
      for (const value of sketch) {
        const hash = newest.get(`${value} ${session}`)
        if (hash !== undefined) shared.set(hash, (shared.get(hash) ?? 0) + 1)
      }
      const [best] = [...shared].toSorted((a, b) => b[1] - a[1])
      const least = Math.min(LEAST_SHARED, Math.max(1, sketch.length / 3))
      return best && best[1] >= least ? best[0] : undefined
    },
    remember(session, sketch, hash) {
      for (const value of sketch) {
        const key = `${value} ${session}`
        newest.delete(key)
        newest.set(key, hash)
      }
      for (const key of newest.keys()) {
        if (newest.size <= MAX_REMEMBERED) break
        newest.delete(key)
      }
    },
  }
}
