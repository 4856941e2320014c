export interface Bounds {
  /** Most bytes. */
  readonly limit: number
  /** Asked with every piece: whether nobody waits for the text any more. */
  readonly isOver?: () => boolean
  /** By default what is no UTF-8 is replaced. */
  readonly decoder?: TextDecoder
}

/**
 * Reads a stream to its end.
 *
 * @returns undefined where a bound is passed; the rest is left unread then.
 * @throws What the stream breaks off with, and the decoder.
 */
export async function readBounded(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { limit, isOver = () => false, decoder = new TextDecoder() }: Bounds,
): Promise<string | undefined> {
  const pieces: string[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return pieces.join('') + decoder.decode()
    bytes += value.byteLength
    if (bytes > limit || isOver()) {
      // It ends when all other copies have ended as well, so nobody waits for it.
      void reader.cancel().catch(() => {})
      return undefined
    }
    pieces.push(decoder.decode(value, { stream: true }))
  }
}
