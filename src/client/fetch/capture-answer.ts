import { readBounded } from './read-bounded.ts'

/** Longest answer that is kept, in bytes. */
export const MAX_ANSWER_BYTES = 8_000_000

/** What is text, as far as it is said. */
const TEXT = /^$|json|text\//i

/**
 * Reads an answer beside the host, from a copy, as fast as it comes. A host that aborts ends both; one that only stops
 * reading ends its own, and the copy is read up to the end or the limit.
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
    return reader && (await readBounded(reader, { limit }))
  } catch {
    return undefined
  }
}
