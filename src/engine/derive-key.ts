/** What OWASP recommends for PBKDF2 with SHA-256; about half a second on a slow phone. */
export const ITERATIONS = 600_000
/** A record that wants more would hang the page. */
export const MAX_ITERATIONS = 10_000_000

export type Bytes = Uint8Array<ArrayBuffer>

/** A key that is made of a passphrase. It can't be read, only used. */
export async function deriveKey(
  subtle: SubtleCrypto,
  passphrase: string,
  salt: Bytes,
  iterations: number,
): Promise<CryptoKey> {
  // The same characters may be typed as different code points.
  const typed = new TextEncoder().encode(passphrase.normalize('NFKC'))
  const base = await subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveKey'])
  return subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}
