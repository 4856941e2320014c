import type { Compressor } from '../core/ports/compressor.ts'

/**
 * Texts of fewer bytes are stored as they are. Most payloads are shorter and most bytes are in longer
 * ones, so this saves most of the time and little of the space.
 */
const LEAST_LENGTH = 8_192

/** A byte order mark is a character of the payload like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Packs payloads with the platform's own deflate, which browsers and Node both have. */
export const streamCompressor: Compressor = {
  async pack(text) {
    const bytes = new TextEncoder().encode(text)
    // Lone surrogates do not survive UTF-8, so a text with them is kept as UTF-16.
    if (!text.isWellFormed()) return { bytes: toUtf16(text), encoding: 'utf-16' }
    if (bytes.length < LEAST_LENGTH) return { bytes, encoding: 'identity' }
    const packed = await through(bytes, new CompressionStream('deflate-raw'))
    return packed.length < bytes.length
      ? { bytes: packed, encoding: 'deflate-raw' }
      : { bytes, encoding: 'identity' }
  },
  async unpack({ bytes, encoding }) {
    switch (encoding) {
      case 'identity':
        return decoder.decode(bytes)
      case 'utf-16':
        return fromUtf16(bytes)
      case 'deflate-raw':
        return decoder.decode(await through(bytes, new DecompressionStream('deflate-raw')))
    }
  },
}

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const writer = stream.writable.getWriter()
  // Awaiting the write would wait for the reader below; its failure shows up there as well.
  void writer.write(new Uint8Array(bytes)).catch(() => {})
  void writer.close().catch(() => {})
  return new Uint8Array(await new Response(stream.readable).arrayBuffer())
}

function toUtf16(text: string): Uint8Array {
  const units = new Uint16Array(text.length)
  for (let index = 0; index < text.length; index += 1) units[index] = text.charCodeAt(index)
  return new Uint8Array(units.buffer)
}

function fromUtf16(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.slice().buffer)
  let text = ''
  // In slices: a call takes only so many arguments.
  for (let from = 0; from < units.length; from += 8_192) {
    text += String.fromCharCode(...units.subarray(from, from + 8_192))
  }
  return text
}
