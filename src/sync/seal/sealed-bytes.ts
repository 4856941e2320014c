import { paddedSize } from '../../core/sync/padded-size.ts'
import type { RemotePlace } from '../../core/ports/remote-log.ts'
import type { Bytes } from '../../engine/derive-key.ts'

/** What is sealed, taken apart: one byte for the version, four for the epoch, twelve for the nonce, then the cipher's. */
export interface SealedBytes {
  readonly epoch: number
  readonly iv: Bytes
  readonly sealed: Bytes
}

const VERSION = 1
const IV_BYTES = 12
const HEAD_BYTES = 1 + 4 + IV_BYTES
const TAG_BYTES = 16
const LENGTH_BYTES = 4

/** Takes apart what stands in the remote log; undefined for what no release so far has sealed. */
export function readSealed(bytes: Uint8Array): SealedBytes | undefined {
  if (bytes.length < HEAD_BYTES + LENGTH_BYTES + TAG_BYTES || bytes[0] !== VERSION) return undefined
  const copy = new Uint8Array(bytes)
  const epoch = new DataView(copy.buffer).getUint32(1)
  if (epoch === 0) return undefined
  return { epoch, iv: copy.slice(5, HEAD_BYTES), sealed: copy.slice(HEAD_BYTES) }
}

/**
 * Seals bytes for one place and id: AES-GCM with a random nonce of 96 bits. Of the size only what {@link paddedSize} leaves
 * can be seen.
 *
 * @param key - Of one session and epoch, so that no key ever seals so much that a nonce could repeat.
 */
export async function sealBytes(
  key: CryptoKey,
  epoch: number,
  place: RemotePlace,
  id: string,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const clear = new Uint8Array(paddedSize(LENGTH_BYTES + bytes.length))
  new DataView(clear.buffer).setUint32(0, bytes.length)
  clear.set(bytes, LENGTH_BYTES)
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const additionalData = describePlace(place, id, epoch)
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, clear)
  const out = new Uint8Array(HEAD_BYTES + sealed.byteLength)
  const view = new DataView(out.buffer)
  view.setUint8(0, VERSION)
  view.setUint32(1, epoch)
  out.set(iv, 5)
  out.set(new Uint8Array(sealed), HEAD_BYTES)
  return out
}

/** What was sealed by that key for that place and id; undefined for anything else. Never rejects. */
export async function openBytes(
  key: CryptoKey,
  { epoch, iv, sealed }: SealedBytes,
  place: RemotePlace,
  id: string,
): Promise<Uint8Array | undefined> {
  try {
    const additionalData = describePlace(place, id, epoch)
    const clear = new Uint8Array(
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, sealed),
    )
    const size = new DataView(clear.buffer).getUint32(0)
    return LENGTH_BYTES + size <= clear.length
      ? clear.slice(LENGTH_BYTES, LENGTH_BYTES + size)
      : undefined
  } catch {
    return undefined
  }
}

/** What the cipher vouches for beside the bytes, so that an entry opens at its own place alone. */
function describePlace({ token, channel }: RemotePlace, id: string, epoch: number): Bytes {
  return new TextEncoder().encode(
    JSON.stringify(['backfold entry', VERSION, token, channel, id, epoch]),
  )
}
