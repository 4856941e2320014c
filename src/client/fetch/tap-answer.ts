import { isStreamed, MAX_ANSWER_BYTES, mayBeText } from './capture-answer.ts'
import { type Bytes, passThrough } from './pass-through.ts'
import { stampResponse } from './stamp-response.ts'

/** What the last event of a streamed answer holds, in any of the formats. */
const MARK =
  /\[DONE\]|"(?:message_stop|response\.(?:completed|incomplete)|finishReason": ?"[A-Z_]+)"|"done": ?true/

/** So many characters of a mark may have come with the piece before. */
const MAX_SPLIT = 40

/**
 * Hands a host an answer that is copied while the host reads it.
 *
 * @param record - Told the whole text once it has ended, or once the host has the mark that ends it, since hosts may
 * leave then; told again should more come behind that. Not told of what is aborted, breaks off, or is too long.
 * @param limit - Most bytes that are copied.
 * @returns The response itself where there is nothing to be recorded, and where a copy of it might know less.
 */
export function tapAnswer(
  response: Response,
  record: (answer: string) => void,
  limit: number = MAX_ANSWER_BYTES,
): Response {
  try {
    // What somebody made of a Response may be more than one.
    const isPlain = Object.getPrototypeOf(response) === Response.prototype
    if (!isPlain || !response.body || !mayBeText(response, limit)) return response
    const copy = createCopy(record, limit, isStreamed(response))
    const { stream, start } = passThrough(response.body, copy)
    const tapped = stampResponse(response, stream)
    start()
    return tapped
  } catch {
    return response
  }
}

function createCopy(
  record: (answer: string) => void,
  limit: number,
  hasEvents: boolean,
): { readonly add: (bytes: Bytes) => void; readonly end: () => void } {
  const decoder = new TextDecoder()
  let pieces: string[] | undefined = []
  let bytes = 0
  let isMarked = false
  /** How many pieces were told. */
  let told = 0
  const tell = (): void => {
    if (!pieces || told === pieces.length) return
    told = pieces.length
    record(pieces.join(''))
  }
  return {
    add(piece) {
      bytes += piece.byteLength
      if (bytes > limit) pieces = undefined
      if (!pieces) return
      const text = decoder.decode(piece, { stream: true })
      const before = pieces.at(-1)?.slice(-MAX_SPLIT) ?? ''
      pieces.push(text)
      isMarked ||= hasEvents && MARK.test(before + text)
      // Once, and with the event that holds it: the mark may also be a word of the answer.
      if (isMarked && told === 0 && /[\r\n]$/.test(text)) tell()
    },
    end() {
      const rest = decoder.decode()
      if (rest !== '') pieces?.push(rest)
      tell()
      pieces = undefined
    },
  }
}
