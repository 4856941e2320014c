import { readBounded } from './read-bounded.ts'

/** Longest answer that is kept, in bytes. */
export const MAX_ANSWER_BYTES = 8_000_000

/** What is text, as far as it is said. */
const TEXT = /^$|json|text\//i

/** Whether an answer may be a text of at most so many bytes, as far as its headers say. */
export function mayBeText({ headers, body }: Response, limit: number): boolean {
  return (
    TEXT.test(headers.get('content-type') ?? '') &&
    body !== null &&
    !(Number(headers.get('content-length')) > limit)
  )
}

/** What is no JSON document may come bit by bit, whatever it is called: to wait for its end would hold it up. */
export function isStreamed({ headers }: Response): boolean {
  const type = headers.get('content-type') ?? ''
  return /ndjson|jsonl/i.test(type) || !/json/i.test(type)
}

/**
 * Reads an answer before the host does, from a copy, as fast as it comes.
 *
 * @param limit - Most bytes; an answer with more is left alone from there on.
 * @returns undefined for an answer without a text, one that is too long, and one that was aborted or broke off.
 */
export async function captureAnswer(
  response: Response,
  limit: number = MAX_ANSWER_BYTES,
): Promise<string | undefined> {
  try {
    if (!mayBeText(response, limit)) return undefined
    const reader = response.clone().body?.getReader()
    return reader && (await readBounded(reader, { limit }))
  } catch {
    return undefined
  }
}
