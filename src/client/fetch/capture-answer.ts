/** Longest answer that is kept, in bytes. */
export const MAX_ANSWER_BYTES = 8_000_000

/** What is text, as far as it is said. */
const TEXT = /^$|json|text\//i

/**
 * Reads an answer beside the host, from a copy, as fast as it comes.
 *
 * @param limit - Most bytes; an answer with more is left alone from there on.
 * @returns undefined for an answer without a text, one that is too long, and one that was aborted or broke off.
 */
export async function captureAnswer(
  response: Response,
  limit: number = MAX_ANSWER_BYTES,
): Promise<string | undefined> {
  try {
    if (!TEXT.test(response.headers.get('content-type') ?? '')) return undefined
    if (!response.body || Number(response.headers.get('content-length')) > limit) return undefined
    // Taken before anything is awaited: the host may read its own at once.
    const reader = response.clone().body?.getReader()
    return reader && (await readBounded(reader, limit))
  } catch {
    return undefined
  }
}

async function readBounded(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
): Promise<string | undefined> {
  const decoder = new TextDecoder()
  const pieces: string[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return pieces.join('') + decoder.decode()
    bytes += value.byteLength
    if (bytes > limit) {
      // It ends when the host has ended its own as well, so nobody waits for it.
      void reader.cancel().catch(() => {})
      return undefined
    }
    pieces.push(decoder.decode(value, { stream: true }))
  }
}
