/** Bytes turned into characters at once: arguments of one call are limited. */
const SLICE = 8_190

/** Bytes as base64 text. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  // A multiple of three, so that slices can be put together.
  for (let at = 0; at < bytes.length; at += SLICE) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + SLICE)))
  }
  return text
}

/** The bytes of base64 text; undefined for what is none. */
export function fromBase64(text: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const binary = atob(text)
    const bytes = new Uint8Array(binary.length)
    for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i)
    return bytes
  } catch {
    return undefined
  }
}
