import { BackfoldError } from '../core/backfold-error.ts'
import { applyDelta, parseDelta } from '../core/memory/artifacts/delta.ts'
import type { Compressor } from '../core/ports/compressor.ts'
import type { SessionStore } from '../core/ports/session-store.ts'
import type { Artifact } from '../core/session/generation.ts'
import { hashText } from '../core/session/chain.ts'

/**
 * The exact payload of an artifact; of one that is stored as a delta, from its base. What comes of a
 * delta is compared with the hash, so that it is the payload or an error, never something like it.
 *
 * @see SPEC.md rules REC3, ART1
 */
export async function unpackArtifact(
  ports: { readonly store: Pick<SessionStore, 'read'>; readonly compressor: Compressor },
  artifact: Artifact,
): Promise<string> {
  const { store, compressor } = ports
  const { session, hash, base } = artifact
  if (base === undefined) return compressor.unpack(artifact)
  const read = await store.read({ session, artifacts: [base] })
  const found = read.artifacts[0]
  if (!found || found.base !== undefined) {
    throw new BackfoldError('INTERNAL', `artifact ${hash} lacks its base ${base}`)
  }
  const [baseText, formatted] = await Promise.all([
    compressor.unpack(found),
    compressor.unpack(artifact),
  ])
  const delta = parseDelta(formatted)
  const text = delta && applyDelta(baseText, delta)
  if (text === undefined || hashText(text) !== hash) {
    throw new BackfoldError('INTERNAL', `artifact ${hash} does not fit its base ${base}`)
  }
  return text
}
