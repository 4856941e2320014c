import { MAX_ANSWER_BYTES, mayBeText } from '../../src/client/fetch/capture-answer.ts'
import { passThrough } from '../../src/client/fetch/pass-through.ts'
import { stampResponse } from '../../src/client/fetch/stamp-response.ts'

/**
 * Hands the page an answer that is copied while the page reads it.
 *
 * @param tell - Told what has passed once the answer has ended, the page has left it, or it has broken off: whether it
 * is whole then is read from it elsewhere.
 * @returns The response itself where there is nothing to copy, and where a copy of it might know less.
 */
export function copyAnswer(response: Response, tell: (answer: string) => void): Response {
  try {
    // What somebody made of a Response may be more than one.
    const isPlain = Object.getPrototypeOf(response) === Response.prototype
    if (!isPlain || !response.body || !mayBeText(response, MAX_ANSWER_BYTES)) return response
    const decoder = new TextDecoder()
    let text = ''
    // A text has no more characters than bytes.
    const isShort = (): boolean => text.length <= MAX_ANSWER_BYTES
    const end = (): void => {
      text += decoder.decode()
      if (text !== '' && isShort()) tell(text)
    }
    const { stream, start } = passThrough(response.body, {
      add(piece) {
        if (isShort()) text += decoder.decode(piece, { stream: true })
      },
      end,
      left: end,
    })
    const copied = stampResponse(response, stream)
    start()
    return copied
  } catch {
    return response
  }
}
